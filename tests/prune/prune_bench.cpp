// How long pushes of another process take, without and with a prune beside them.
//
//   prune_bench /tmp/x/spark.db 300000 [pause of the producer in microseconds]

#include "producer.hpp"

#include <kue/open_queue.hpp>

#include <cstdio>
#include <cstdlib>
#include <thread>

static void print(char const* name, Latencies const& pushes, double seconds) {
  std::printf("%-14s %8zu pushes in %5.1f s  p50 %6ld us  p90 %6ld us  p99 %6ld us  p99.9 %6ld us  longest %7ld us\n",
              name, pushes.us.size(), seconds, static_cast<long>(pushes.at(0.5)), static_cast<long>(pushes.at(0.9)),
              static_cast<long>(pushes.at(0.99)), static_cast<long>(pushes.at(0.999)), static_cast<long>(pushes.at(1)));
}

int main(int argc, char** argv) {
  if (argc < 3) return std::fprintf(stderr, "usage: prune_bench FILE ROWS [PAUSE_US]\n"), 2;
  std::string const file = argv[1];
  Microseconds const pause(argc > 3 ? std::atoi(argv[3]) : 1000);
  using Clock = std::chrono::steady_clock;
  auto const seconds = [](Clock::time_point since) {
    return std::chrono::duration<double>(Clock::now() - since).count();
  };
  fill(file, std::atoi(argv[2]));

  auto began = Clock::now();
  {
    Producer alone(file, pause);
    std::this_thread::sleep_for(std::chrono::seconds(10));
    print("without prune", alone.stop(), seconds(began));
  }
  Producer beside(file, pause);
  auto const store = kue::open_store("sqlite:" + file);
  began = Clock::now();
  std::int64_t pruned = 0;
  for (bool more = true; more;) {
    auto const result = store->prune({.retention = {.usual = {.completed_count = 0}}});
    pruned += result.pruned;
    more = result.more;
  }
  double const spent = seconds(began);
  print("beside prune", beside.stop(), spent);
  std::printf("%ld rows pruned in %.1f s, %.0f a second\n", static_cast<long>(pruned), spent,
              static_cast<double>(pruned) / spent);
  return 0;
}
