// The worker that the torture tests start and kill: torture_worker DIRECTORY CONCURRENCY STOP_TIMEOUT_MS events|plain

#include "jobs.hpp"

#include <kue/open_queue.hpp>
#include <kue/worker.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <string>

int main(int argc, char** argv) {
  if (argc != 5) {
    fmt::print(stderr, "usage: torture_worker DIRECTORY CONCURRENCY STOP_TIMEOUT_MS events|plain\n");
    return 2;
  }
  std::string const directory = argv[1];
  bool const events = std::string(argv[4]) == "events";
  std::string const url = "sqlite:" + directory + "/spark.db";
  kue::Registry registry;
  torture::add_jobs(registry);
  kue::WorkerOptions options;
  options.concurrency = std::stoi(argv[2]);
  options.stop_timeout = kue::Millis(std::stoi(argv[3]));
  kue::PreforkingWorker worker(registry, options);
  return worker.run({.queue = [url, events] { return kue::open_store_queue(url, {.event_log = events}); },
                     .services = [directory] { return std::make_shared<torture::WitnessServices>(directory); }});
}
