// A worker that notes who finds which schema when it opens its queue: lines "PROCESS VERSION" in the file of
// MIGRATION_SEEN.
//
//   SPARK_STORE_URL=sqlite:old.db migrating_worker queue:worker -c 4 --stop-when-empty   // with the console before it
//   SPARK_STORE_URL=sqlite:old.db migrating_worker                                       // kue alone

#include <kue/open_queue.hpp>
#include <kue/worker.hpp>
#include <spark/spark.hpp>

#include <sys/prctl.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

namespace {

struct Note {
  static constexpr std::string_view kind = "Note";
  int number = 0;
  void run() const {}
};

std::string process() {
  std::array<char, 17> name{};
  ::prctl(PR_GET_NAME, name.data());
  return name.data();
}

std::unique_ptr<kue::StoreQueue> noted_queue() {
  std::string const url = std::getenv("SPARK_STORE_URL"), who = process();
  std::ofstream(std::getenv("MIGRATION_SEEN"), std::ios::app)
      << who + " " + std::to_string(kue::open_store(url, {.migrate = false})->schema().version) + "\n";
  if (who != "spark-child")
    std::this_thread::sleep_for(std::chrono::milliseconds(300));  // time for a child that would not wait
  return kue::open_store_queue(url);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) {
    spark::Application app;
    app.jobs<Note>();
    app[spark::queue] = app.share([] { return noted_queue(); });
    return app.run(argc, argv);
  }
  kue::Registry registry;
  registry.add<Note>();
  kue::WorkerOptions options;
  options.concurrency = 4;
  options.stop_when_empty = true;
  options.queues = {"mail"};
  kue::PreforkingWorker worker(registry, options);
  return worker.run({.queue = [] { return noted_queue(); }, .services = {}});
}
