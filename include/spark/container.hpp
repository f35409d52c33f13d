#pragma once
// Container: typed, lazy, shared services.
//
//   inline constexpr spark::Service<Mailer> mailer{"mailer"};
//   app[mailer] = app.share([&] { return std::make_unique<Smtp>(app[relay]); });  // built at first use, once a process
//   app[mailer]->send(letter);
//   Mailer& same = app[mailer];
//
// Threads: everything may be used from any thread; a factory runs outside all locks and may use other services.
// Failure: kue::Error(not_found) for a service that nobody set, conflict for setting one that was built already,
// invalid for a circle. Each names the services with the lines that set them. What a factory throws comes out of the
// use that ran it, and the next use tries again.
// Services are destroyed in reverse order of construction, with the container.
// Fork: the child abandons (never destroys: a destructor would say goodbye on a socket that the parent still uses) what
// the parent had built, and builds its own at first use. A service shared with Fork::keep stays the parent's object.

#include <functional>
#include <memory>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

namespace spark {

enum class Fork { recreate, keep };

template <class T> struct Service { std::string_view name; };

// What share() returns: how to build a service, not yet done.
template <class T> struct Recipe {
  std::function<std::shared_ptr<T>()> build;
  Fork fork = Fork::recreate;
  std::source_location where;
};

// A service that exists in this process, oldest first in Container::built().
struct BuiltService {
  std::string name;
  std::string where;  // "main.cpp:26"; empty: built in
  Fork fork = Fork::recreate;
  std::vector<int> descriptors;  // opened while its factory ran
};

class Container {
 public:
  Container();
  Container(Container const&) = delete;
  Container& operator=(Container const&) = delete;
  ~Container();

  // The factory returns a unique_ptr, a shared_ptr or a value, of the service's type or a class derived from it.
  template <class F>
  auto share(F factory, Fork fork = Fork::recreate, std::source_location where = std::source_location::current()) const;

  template <class T> class Slot;  // app[key] = recipe; app[key]->member; T& t = app[key]
  // Const, so that `auto& mail = app[mailer]` compiles too; then it is mail->send().
  template <class T> Slot<T> const operator[](Service<T> const& key) {  // NOLINT(readability-const-return-type)
    return Slot<T>(*this, key.name);
  }
  template <class T> T& get(Service<T> const& key) { return *static_cast<T*>(resolve(key.name, typeid(T))); }

  // By type alone, for parameters of run(): the one service of that type. Null if there is none; Error(invalid) if
  // several.
  void* find(std::type_info const& type);
  bool has(std::type_info const& type) const;  // without building it

  std::vector<BuiltService> built() const;
  std::string where(std::string_view name) const;  // "main.cpp:26"; empty: the program did not set it

 protected:
  void destroy_services();  // for a derived class whose members the services use

 private:
  using Build = std::function<std::shared_ptr<void>()>;
  void define(std::string_view name, std::type_info const& type, Build build, Fork fork, std::source_location where);
  void* resolve(std::string_view name, std::type_info const& type);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace spark

#include <spark/detail/container_slot.hpp>
