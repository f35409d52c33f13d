// What single steps of a job's life cost: encode, decode, decide, push, claim and finish.
// SQLite files are made in $TMPDIR or /tmp; the figures depend on that file system.

#include <kue/open_queue.hpp>
#include <kue/registry.hpp>

#include "kue/core/decide.hpp"

#include <benchmark/benchmark.h>

#include <filesystem>
#include <string>
#include <vector>

namespace {

struct Invoice {
  static constexpr std::string_view kind = "Invoice";
  int order = 7;
  std::string email = "somebody@example.org";
  std::vector<int> lines = {1, 2, 3};
  void run() const {}
};

struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("kue-bench-" + kue::JobId::make().str());
  Folder() { std::filesystem::create_directory(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string url() const { return "sqlite:" + (path / "bench.db").string(); }
};

std::vector<kue::Envelope> envelopes(std::int64_t count) {
  std::vector<kue::Envelope> made;
  for (std::int64_t i = 0; i < count; ++i) made.push_back(kue::make_envelope(Invoice()));
  return made;
}

void encode(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(kue::make_envelope(Invoice()));
}
BENCHMARK(encode);

void decode(benchmark::State& state) {
  std::string const args = kue::make_envelope(Invoice()).args;
  for (auto _ : state) benchmark::DoNotOptimize(kue::from_json<Invoice>(args));
}
BENCHMARK(decode);

void decide(benchmark::State& state) {
  kue::Tally const tally;
  kue::Outcome const outcome{.kind = kue::Outcome::Kind::failed};
  auto const now = kue::Clock::system().now();
  for (auto _ : state) benchmark::DoNotOptimize(kue::core::decide(tally, outcome, now, kue::Random::system()));
}
BENCHMARK(decide);

void push(benchmark::State& state, kue::Durability durability) {
  Folder const folder;
  auto const store = kue::open_store(folder.url(), {.durability = durability});
  for (auto _ : state) {
    state.PauseTiming();
    auto const jobs = envelopes(state.range(0));
    state.ResumeTiming();
    store->push({.jobs = jobs});
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK_CAPTURE(push, full, kue::Durability::full)->Arg(1)->Arg(1000)->UseRealTime();
BENCHMARK_CAPTURE(push, process, kue::Durability::process)->Arg(1)->Arg(1000)->UseRealTime();

// A store with a living node and jobs enough for the next claim.
class Stock {
 public:
  Stock() : store_(kue::open_store(folder_.url(), {.durability = kue::Durability::process})) {
    store_->beat({.node = 1, .name = "bench"});
  }

  std::vector<kue::Finish> claim(int k) {
    std::vector<kue::Finish> done;
    for (auto const& job : store_->claim({.node = 1, .holder = 2, .max = k}).jobs) {
      done.push_back({.claim = job.claim,
                      .transition = kue::core::decide(job.tally, kue::completed(), {}, kue::Random::system())});
    }
    waiting_ -= k;
    return done;
  }
  void finish(std::vector<kue::Finish> const& done) { store_->finish({.items = done}); }
  void fill(int k) {
    if (waiting_ >= k) return;
    store_->push({.jobs = envelopes(10'000)});
    waiting_ += 10'000;
  }

 private:
  Folder folder_;
  std::unique_ptr<kue::Store> store_;
  std::int64_t waiting_ = 0;
};

void claim(benchmark::State& state) {
  Stock stock;
  auto const k = static_cast<int>(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    stock.fill(k);
    state.ResumeTiming();
    auto const done = stock.claim(k);
    state.PauseTiming();
    stock.finish(done);
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * k);
}
BENCHMARK(claim)->Arg(1)->Arg(10)->Arg(100)->UseRealTime();

void finish(benchmark::State& state) {
  Stock stock;
  auto const k = static_cast<int>(state.range(0));
  for (auto _ : state) {
    state.PauseTiming();
    stock.fill(k);
    auto const done = stock.claim(k);
    state.ResumeTiming();
    stock.finish(done);
  }
  state.SetItemsProcessed(state.iterations() * k);
}
BENCHMARK(finish)->Arg(1)->Arg(10)->Arg(100)->UseRealTime();

}  // namespace
