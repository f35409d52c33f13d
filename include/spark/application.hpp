#pragma once
// Application: services, job classes and commands of one program.
//
//   int main(int argc, char** argv) {
//     spark::Application app;
//     app.jobs<HelloWorldJob>();                       // only this registers; pushing does not
//     app.command("server", "serves the page").run([&](spark::Args const&) { return serve(app); });
//     return app.run(argc, argv);                      // ./hello queue:worker -c 4
//   }
//   app[spark::queue]->push(HelloWorldJob("John Doe"));
//
// Set up by one thread before run(); afterwards services may be used from any thread. run() never throws: it prints
// what went wrong and returns an exit code: 0 done, 1 failed, 2 usage or configuration, 3 not found, 4 store
// unavailable, 5 refused, 70 a bug of ours.
// Do not use `queue` or `store` before run(): `queue:worker` forks, and refuses to if an SQLite file is open already.

#include <kue/queue.hpp>
#include <kue/registry.hpp>
#include <kue/services.hpp>
#include <kue/store.hpp>
#include <spark/command.hpp>
#include <spark/config.hpp>
#include <spark/container.hpp>

#include <functional>
#include <memory>
#include <source_location>
#include <string>
#include <string_view>

namespace kue {
class Worker;
}

namespace spark {

inline constexpr Service<kue::Queue> queue{"queue"};     // default: a StoreQueue over the service `store`
inline constexpr Service<kue::Store> store{"store"};     // default: opened from config().store.url
inline constexpr Service<kue::Logger> logger{"logger"};  // default: lines on stderr, as config().log says

class Application : public Container, public kue::Services {
 public:
  Application();
  ~Application() override;

  // Two classes of one kind, and a command whose name is taken, are told by run(): exit code 2.
  template <class... J> void jobs() {
    (note_fault([this] { registry().template add<J>(); }), ...);
  }
  // Say what it takes and end with .run(action): spark/command.hpp.
  Command command(std::string name, std::string summary, std::source_location where = std::source_location::current());
  // Called for the worker before it starts: app.worker([](kue::Worker& w) { w.on(kue::WorkerEvent::crash, alert); });
  void worker(std::function<void(kue::Worker&)> setup);

  int run(int argc, char** argv);

  Config const& config() const;   // of run(), or read from the working directory at first use
  void configure(Config config);  // instead of reading one; before first use
  kue::Registry& registry();
  kue::Logger& log();  // the service `logger`

  // kue::Services: this application, its logger, queue and store, and any service whose type says which is meant.
  void* find(std::type_info const& type) override;
  bool has(std::type_info const& type) override;

 private:
  void note_fault(std::function<void()> const& setting_up);

  friend class Console;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace spark
