#include "spark/console/program/bench/works.hpp"

#include "spark/console/program/bench/bench_job.hpp"
#include "spark/console/program/bench/process.hpp"

#include <kue/error.hpp>
#include <kue/open_queue.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include <unistd.h>

namespace spark::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kBulk = 1000;
constexpr auto kPatience = 120s;
std::set<std::string> const kSaysNothing{"file", "file_bytes", "wal_bytes", "pages",
                                         "free_pages"};  // of a file that holds no job

std::unique_ptr<kue::StoreQueue> open(Arena const& arena) {
  auto const durability = arena.durability() == "process" ? kue::Durability::process : kue::Durability::full;
  return kue::open_store_queue(arena.store_url(), {.durability = durability, .event_log = arena.keeps_events()});
}

double per_second(std::uint64_t count, std::int64_t ns) {
  return ns <= 0 ? 0 : static_cast<double>(count) * 1e9 / static_cast<double>(ns);
}
double ms(std::int64_t ns) { return static_cast<double>(ns) / 1e6; }

[[noreturn]] void wrong(std::string const& what) {
  throw kue::Error(kue::ErrorKind::corrupt, "the benchmark's own check failed: " + what);
}

// ---- pushing: in a process of its own

using MakeJob = std::function<BenchJob(std::uint64_t)>;
BenchJob no_op(std::uint64_t number) { return {.number = static_cast<std::uint32_t>(number)}; }
BenchJob mixed(std::uint64_t number) {
  return {.number = static_cast<std::uint32_t>(number), .ms = number % 10 == 9 ? 5u : 0u};
}

void in_the_pusher(Arena& arena, std::function<void(kue::StoreQueue&)> const& push) {
  in_a_process(arena.board(), [&] {
    Header& header = arena.board().header();
    auto const queue = open(arena);
    header.pusher_pid = ::getpid();
    header.push_began = now_ns();
    push(*queue);
    header.push_ended = now_ns();
  });
}

void push_one_by_one(kue::StoreQueue& queue, std::uint64_t from, std::uint64_t until) {
  for (std::uint64_t number = from; number < until; ++number) queue.push(no_op(number));
}

void push_in_bulk(kue::StoreQueue& queue, std::uint64_t jobs, MakeJob const& make) {
  std::vector<kue::Envelope> some;
  for (std::uint64_t number = 0; number < jobs;) {
    some.clear();
    for (; number < jobs && some.size() < kBulk; ++number) some.push_back(kue::make_envelope(make(number)));
    queue.push_many(some);
  }
}

double pushed_per_second(Arena& arena) {
  Header& header = arena.board().header();
  return per_second(arena.board().jobs(), header.push_ended - header.push_began);
}

// ---- checking: in a process of its own

void expect_rows(Arena& arena, kue::State state) {
  in_a_process(arena.board(), [&] {
    std::int64_t rows = 0;
    for (kue::QueueCounts const& counts : open(arena)->store().counts()) rows += counts.of(state);
    arena.board().header().rows = rows;
  });
  auto const rows = static_cast<std::uint64_t>(arena.board().header().rows.load());
  if (rows != arena.board().jobs())
    wrong(fmt::format("{} jobs were pushed, and the store holds {} that are {}", arena.board().jobs(), rows,
                      to_string(state)));
}

// In as many children as were asked for: one that dies is replaced, loses nothing, and would only be slow.
void expect_each_ran_once(Arena& arena, std::size_t children) {
  Board& board = arena.board();
  std::set<std::int32_t> pids;
  for (std::uint64_t number = 0; number < board.jobs(); ++number) {
    std::uint32_t const runs = board.mark(number).runs.load();
    if (runs != 1) wrong(fmt::format("job {} ran {} times", number, runs));
    std::int32_t const pid = board.mark(number).pid.load();
    if (pid == ::getpid() || pid == board.header().pusher_pid.load())
      wrong(fmt::format("job {} ran in a process of the benchmark", number));
    pids.insert(pid);
  }
  if (pids.size() > children)
    wrong(fmt::format(
        "the jobs ran in {} processes one after the other, and {} children were started: some ended by themselves",
        pids.size(), children));
}

// Pages in use of a file that holds waiting jobs and nothing else.
double bytes_per_job(Arena& arena) {
  in_a_process(arena.board(), [&] {
    std::map<std::string, std::int64_t> number;
    for (kue::StoreFact const& fact : open(arena)->store().info().facts)
      number[fact.name] = std::atoll(fact.value.c_str());
    arena.board().header().bytes = (number.at("page_count") - number.at("freelist_count")) * number.at("page_size");
  });
  return static_cast<double>(arena.board().header().bytes.load()) / static_cast<double>(arena.board().jobs());
}

// ---- running

void wait_for_all(Arena& arena, WorkerProcess& worker) {
  Board& board = arena.board();
  bool const done =
      wait_until([&] { return board.header().ended.load() >= board.jobs() || !worker.alive(); }, kPatience);
  if (!done || board.header().ended.load() < board.jobs()) {
    throw kue::Error(
        kue::ErrorKind::timeout,
        fmt::format("{} of {} jobs had run after {} s", board.header().ended.load(), board.jobs(), kPatience.count()));
  }
}

std::uint64_t jobs_of(Setting const& setting, std::uint64_t usual) { return setting.jobs != 0 ? setting.jobs : usual; }

// ---- the works

std::vector<Figure> enqueue_1x1(Setting const& setting) {
  Arena arena(setting, "enqueue_1x1", jobs_of(setting, 4000));
  in_the_pusher(arena, [&](kue::StoreQueue& queue) { push_one_by_one(queue, 0, arena.board().jobs()); });
  expect_rows(arena, kue::State::available);
  return {{"enqueue_1x1", pushed_per_second(arena), "jobs/s"}};
}

std::vector<Figure> enqueue_8x1(Setting const& setting) {
  Arena arena(setting, "enqueue_8x1", jobs_of(setting, 16'000) / 8 * 8);
  in_the_pusher(arena, [&](kue::StoreQueue& queue) {
    std::uint64_t const each = arena.board().jobs() / 8;
    std::vector<std::jthread> threads;
    for (std::uint64_t i = 0; i < 8; ++i)
      threads.emplace_back([&queue, &arena, i, each] {
        try {
          push_one_by_one(queue, i * each, (i + 1) * each);
        } catch (std::exception const& error) {
          arena.board().fail(error.what());
        }
      });
  });
  expect_rows(arena, kue::State::available);
  return {{"enqueue_8x1", pushed_per_second(arena), "jobs/s"}};
}

std::vector<Figure> enqueue_bulk(Setting const& setting) {
  Arena arena(setting, "enqueue_bulk", jobs_of(setting, 300'000));
  in_the_pusher(arena, [&](kue::StoreQueue& queue) { push_in_bulk(queue, arena.board().jobs(), no_op); });
  expect_rows(arena, kue::State::available);
  return {{"enqueue_bulk", pushed_per_second(arena), "jobs/s"}, {"bytes_per_job", bytes_per_job(arena), "bytes"}};
}

double drain(Arena& arena, MakeJob const& make) {
  in_the_pusher(arena, [&](kue::StoreQueue& queue) { push_in_bulk(queue, arena.board().jobs(), make); });
  WorkerProcess worker(arena, 2);
  wait_for_all(arena, worker);
  worker.stop();
  expect_each_ran_once(arena, 2);
  expect_rows(arena, kue::State::completed);
  Header& header = arena.board().header();
  return per_second(arena.board().jobs(), header.last_end - header.first_start);
}

std::vector<Figure> drain_10k(Setting const& setting) {
  Arena arena(setting, "drain_10k", jobs_of(setting, 10'000));
  return {{"drain_10k", drain(arena, no_op), "jobs/s"}};
}

std::vector<Figure> drain_1m(Setting const& setting) {
  Arena arena(setting, "drain_1m", jobs_of(setting, 1'000'000));
  return {{"drain_1m", drain(arena, no_op), "jobs/s"}};
}

// How long a job lay with the worker, from its first claim to the start of its run, also when it was given back in
// between.
std::int64_t worst_wait_behind_another(Arena& arena) {
  in_a_process(arena.board(), [&] {
    auto const queue = open(arena);
    std::map<kue::JobId, kue::TimePoint> claimed;
    kue::EventsRequest next;
    for (kue::EventsResult some; !(some = queue->store().events(next)).events.empty(); next.cursor = some.cursor) {
      for (kue::Event const& event : some.events) {
        if (event.verb == kue::Verb::claim) claimed.try_emplace(event.id, event.at);
      }
    }
    std::int64_t worst = 0;
    kue::QueryRequest request;
    request.limit = 1000;
    do {
      kue::QueryResult const page = queue->store().query(request);
      for (kue::JobRecord const& job : page.jobs)
        worst = std::max<std::int64_t>(worst, (job.attempted_at.value() - claimed.at(job.job.id)).count());
      request.cursor = page.cursor;
    } while (!request.cursor.empty());
    arena.board().header().worst_wait_ms = worst;
  });
  return arena.board().header().worst_wait_ms;
}

std::vector<Figure> drain_mixed(Setting const& setting) {
  Arena arena(setting, "drain_mixed", jobs_of(setting, 10'000));
  double const rate = drain(arena, mixed);
  Arena again(setting, "drain_mixed_wait_ms",
              jobs_of(setting, 10'000));  // the event log costs time: not in the run above
  again.keep_events();
  drain(again, mixed);
  return {{"drain_mixed", rate, "jobs/s"},
          {"drain_mixed_wait_ms", static_cast<double>(worst_wait_behind_another(again)), "ms"}};
}

void wait_until_ready(WorkerProcess& worker) {
  if (!wait_until([&] { return worker.ready(); }, 20s))
    throw kue::Error(kue::ErrorKind::timeout, "the worker was not ready within 20 s");
}

std::vector<Figure> latency(Setting const& setting) {
  Arena arena(setting, "latency", jobs_of(setting, 500));
  WorkerProcess worker(arena, 2);
  wait_until_ready(worker);
  Board& board = arena.board();
  in_the_pusher(arena, [&](kue::StoreQueue& queue) {
    std::mt19937 random(7);
    std::uniform_int_distribution<int> gap(5, 40);
    for (std::uint64_t number = 0; number < board.jobs(); ++number) {
      std::this_thread::sleep_for(std::chrono::milliseconds(gap(random)));
      BenchJob const job = no_op(number);
      board.mark(number).pushed_at = now_ns();
      queue.push(job);
    }
  });
  wait_for_all(arena, worker);
  worker.stop();
  expect_each_ran_once(arena, 2);
  expect_rows(arena, kue::State::completed);
  std::vector<std::int64_t> all;
  for (std::uint64_t number = 0; number < board.jobs(); ++number)
    all.push_back(board.mark(number).started_at - board.mark(number).pushed_at);
  std::sort(all.begin(), all.end());
  return {{"latency_p50_ms", ms(all[all.size() / 2]), "ms"}, {"latency_p99_ms", ms(all[all.size() * 99 / 100]), "ms"}};
}

std::int64_t cpu_of(std::vector<pid_t> const& family) {
  std::int64_t sum = 0;
  for (pid_t const process : family) sum += cpu_ns(process);
  return sum;
}

std::vector<Figure> idle_cpu(Setting const& setting) {
  Arena arena(setting, "idle_cpu_percent", jobs_of(setting, 100));
  in_the_pusher(arena, [&](kue::StoreQueue& queue) { push_in_bulk(queue, arena.board().jobs(), no_op); });
  WorkerProcess worker(arena, 4);
  wait_for_all(arena, worker);
  wait_until_ready(worker);
  std::this_thread::sleep_for(1s);  // what follows a burst is not idleness
  std::vector<pid_t> const family = worker.family();
  std::int64_t const before = cpu_of(family), from = now_ns();
  std::this_thread::sleep_for(30s);
  std::int64_t const after = cpu_of(family), until = now_ns();
  if (worker.family() != family) wrong("a process of the idle worker ended");
  worker.stop();
  expect_each_ran_once(arena, 4);
  expect_rows(arena, kue::State::completed);
  return {{"idle_cpu_percent", 100.0 * static_cast<double>(after - before) / static_cast<double>(until - from), "%"}};
}

std::vector<Figure> child_mb(Setting const& setting) {
  Arena arena(setting, "child_mb", jobs_of(setting, 4000));
  in_the_pusher(arena, [&](kue::StoreQueue& queue) { push_in_bulk(queue, arena.board().jobs(), no_op); });
  WorkerProcess worker(arena, 2);
  wait_for_all(arena, worker);
  std::map<pid_t, std::uint64_t> ran;
  for (std::uint64_t number = 0; number < arena.board().jobs(); ++number) ++ran[arena.board().mark(number).pid.load()];
  double most = 0;
  for (auto const& [child, jobs] : ran) {
    if (jobs * 4 >= arena.board().jobs()) most = std::max(most, pss_mb(child));
  }
  worker.stop();
  expect_each_ran_once(arena, 2);
  expect_rows(arena, kue::State::completed);
  return {{"child_mb", most, "MB"}};
}

// Processes that take and finish one job at a time: how long does one wait for the store, and does each get its turn?
constexpr std::uint64_t kClaimers = 8;
constexpr auto kCrowded = 3s;

void claim_for_a_while(Arena& arena, std::uint64_t self) {
  auto const queue = open(arena);
  std::int64_t const until = now_ns() + std::chrono::nanoseconds(kCrowded).count();
  for (std::uint64_t number = self; number < arena.board().jobs() && now_ns() < until; number += kClaimers) {
    Mark& mark = arena.board().mark(number);  // the n-th take of this process, not the job of that number
    mark.pushed_at = now_ns();
    auto const delivery = queue->pop(0ms);
    mark.started_at = now_ns();
    if (!delivery) return;
    queue->finish(*delivery, kue::completed());
    mark.runs = 1;
  }
}

std::vector<Figure> claim_wait(Setting const& setting) {
  Arena arena(setting, "claim_wait", jobs_of(setting, 80'000));
  Board& board = arena.board();
  in_the_pusher(arena, [&](kue::StoreQueue& queue) { push_in_bulk(queue, board.jobs(), no_op); });
  in_processes(board, kClaimers, [&](std::uint64_t self) { claim_for_a_while(arena, self); });
  std::vector<std::int64_t> waits;
  std::array<std::uint64_t, kClaimers> takes{};
  for (std::uint64_t number = 0; number < board.jobs(); ++number) {
    if (board.mark(number).runs.load() == 0) continue;
    waits.push_back(board.mark(number).started_at - board.mark(number).pushed_at);
    ++takes.at(number % kClaimers);
  }
  if (waits.empty()) wrong("no process got a job");
  std::sort(waits.begin(), waits.end());
  auto const [least, most] = std::minmax_element(takes.begin(), takes.end());
  return {{"claim_wait_p999_ms", ms(waits[waits.size() * 999 / 1000]), "ms"},
          {"claim_share_least", static_cast<double>(*least) / static_cast<double>(*most), "of the busiest"}};
}

}  // namespace

std::vector<Work> const& works() {
  static std::vector<Work> const all{
      {"enqueue_1x1", {}, "one thread pushes one by one", enqueue_1x1},
      {"enqueue_8x1", {}, "eight threads push one by one", enqueue_8x1},
      {"enqueue_bulk", {"bytes_per_job"}, "one thread pushes 1,000 a call", enqueue_bulk},
      {"drain_10k", {}, "two children run 10,000 no-ops", drain_10k},
      {"drain_1m", {}, "two children run a million no-ops", drain_1m},
      {"drain_mixed", {"drain_mixed_wait_ms"}, "nine of ten are no-ops, one takes 5 ms", drain_mixed},
      {"latency_p50_ms", {"latency_p99_ms"}, "push begins until run begins, an idle worker", latency},
      {"idle_cpu_percent", {}, "30 s of a worker with four children and nothing to do", idle_cpu},
      {"child_mb", {}, "memory of a child after 1,000 jobs (Pss)", child_mb},
      {"claim_wait_p999_ms",
       {"claim_share_least"},
       "eight processes take one job at a time: the wait for the store",
       claim_wait},
  };
  return all;
}

std::vector<std::string> conditions(Setting const& setting) {
  Arena arena(setting, "conditions", 1);
  Header& header = arena.board().header();
  in_a_process(arena.board(), [&] {
    std::string text;
    for (kue::StoreFact const& fact : open(arena)->store().info().facts) {
      if (!kSaysNothing.contains(fact.name)) text += fact.name + " = " + fact.value + '\n';
    }
    std::strncpy(header.text, text.c_str(), sizeof header.text - 1);
  });
  std::vector<std::string> facts;
  std::istringstream text(header.text);
  for (std::string line; std::getline(text, line);) facts.push_back(line);
  return facts;
}

}  // namespace spark::bench
