#pragma once
// Container: typed, lazy, shared services.
//
//   inline constexpr spark::Service<Mailer> mailer{"mailer"};
//   app[mailer] = app.share([&] { return std::make_unique<Smtp>(app[config]); });   // built at first use, once a process
//   app[mailer]->send(letter);
//
// Thread-safe. Setting a service that was built already, a missing one and a circle are errors (kue::Error) that name the
// way: "services need each other in a circle: a -> b -> a". Services are destroyed in reverse order of construction.
// After a fork the child abandons (never destroys) what the parent had built, and builds its own at first use; a service
// shared with Fork::keep stays the parent's object.

#include <functional>
#include <memory>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace spark {

enum class Fork { recreate, keep };

template <class T> struct Service {
  std::string_view name;
};

// What share() returns: a recipe, not yet run.
template <class T> struct Recipe {
  std::function<std::shared_ptr<T>()> build;
  Fork fork = Fork::recreate;
  std::source_location where;
};

class Container {
 public:
  Container();
  Container(Container const&) = delete;
  ~Container();

  template <class F> auto share(F factory, Fork fork = Fork::recreate,
                                std::source_location where = std::source_location::current()) const;

  template <class T> class Slot;                       // app[key] = recipe; app[key]->member; T& t = app[key]
  template <class T> Slot<T> operator[](Service<T> const& key) { return Slot<T>(*this, key.name); }

  template <class T> T& get(Service<T> const& key) { return *static_cast<T*>(resolve(key.name, typeid(T))); }
  // By type alone, for parameters of run(): the one service of that type. Null if there is none; Error(invalid) if several.
  void* find(std::type_info const& type);
  bool has(std::type_info const& type) const;
  // Names of built services that hold something which must not be open at a fork; see Application::run.
  std::vector<std::string> built() const;

 private:
  using Build = std::function<std::shared_ptr<void>()>;
  void define(std::string_view name, std::type_info const& type, Build build, Fork fork, std::source_location where);
  void* resolve(std::string_view name, std::type_info const& type);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace spark

#include <spark/detail/container_slot.hpp>
