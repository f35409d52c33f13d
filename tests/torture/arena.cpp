#include "arena.hpp"

#include "jobs.hpp"
#include "row_verdict.hpp"

#include <kue/open_queue.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <thread>

namespace torture {
namespace {

namespace fs = std::filesystem;
using kue::testing::JournalVerb;

std::string new_folder(std::string const& name) {
  fs::path const folder = fs::temp_directory_path() / fmt::format("torture-{}-{}", name, kue::JobId::make().str());
  fs::create_directories(folder / "runs");
  fs::create_directories(folder / "pushes");
  return folder.string();
}

template <class J> void add(std::vector<kue::Envelope>& jobs, std::vector<std::uint64_t>& hashes, J const& job) {
  jobs.push_back(kue::make_envelope(job));
  hashes.push_back(job.hash());
}

}  // namespace

std::uint64_t seed_of_this_run() {
  char const* given = std::getenv("TORTURE_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : kue::random_bits() % 1'000'000'000;
}

Arena::Arena(std::string name, std::uint64_t seed, Mix mix)
    : name_(std::move(name)),
      seed_(seed),
      mix_(mix),
      random_(seed),
      folder_(new_folder(name_)),
      queue_(kue::open_store_queue("sqlite:" + folder_ + "/spark.db", {.event_log = mix.events})),
      pushes_(std::make_unique<kue::testing::JournalWriter>(folder_ + "/pushes")) {
  fmt::print("{}: seed {} (TORTURE_SEED={} repeats its choices), folder {}\n", name_, seed_, seed_, folder_);
  std::fflush(stdout);
}

Arena::~Arena() {
  queue_.reset();
  brood_.end_all();
  if (keep_) {
    fmt::print("{}: kept {} for looking at\n", name_, folder_);
    return;
  }
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void Arena::push(int count) {
  std::vector<kue::Envelope> jobs;
  std::vector<std::uint64_t> hashes;
  for (int i = 0; i < count; ++i) {
    std::string const salt = fmt::format("{}-{}", name_, pushed_ + i);
    int const dice = pick(0, 99);
    if (mix_.brief && dice < 98) {
      dice < 92 ? add(jobs, hashes, Spin{0, salt}) : add(jobs, hashes, Nap{dice < 97 ? pick(5, 40) : 150, salt});
    } else if (dice < mix_.slow_percent) {
      int const ms = pick(350, 700);
      dice % 2 == 0 ? add(jobs, hashes, Stubborn{ms, salt}) : add(jobs, hashes, Patient{ms, salt});
    } else if (dice < 60) {
      add(jobs, hashes, Nap{pick(1, 40), salt});
    } else if (dice < 90) {
      add(jobs, hashes, Spin{pick(1, 12), salt});
    } else {
      add(jobs, hashes, Flaky{pick(1, 20), salt});
    }
  }
  for (std::size_t from = 0; from < jobs.size(); from += 500) {
    std::size_t const n = std::min<std::size_t>(500, jobs.size() - from);
    queue_->push_many(std::span(jobs).subspan(from, n));
    for (std::size_t i = from; i < from + n; ++i) {
      kue::testing::JournalLine line;
      line.verb = JournalVerb::push_ok;
      line.job = jobs[i].id;
      line.args_hash = hashes[i];
      pushes_->write(line);
    }
  }
  pushed_ += count;
}

void Arena::keep_loaded() {
  if (pushed_ - finished() < 250) push(300);
}

int Arena::start_worker(int concurrency, milliseconds stop_timeout) {
  runs_at_start_ = runs_begun();
  master_ = brood_.spawn({TORTURE_WORKER, folder_, std::to_string(concurrency), std::to_string(stop_timeout.count()),
                          mix_.events ? "events" : "plain"},
                         fmt::format("{}/worker.{}.log", folder_, ++workers_));
  return master_;
}

std::vector<int> Arena::job_children() const {
  std::vector<int> children = children_of(master_);
  std::erase_if(children, [](int pid) { return name_of(pid) != "spark-child"; });
  return children;
}

int Arena::keeper() const {
  for (int const pid : children_of(master_)) {
    if (name_of(pid) == "spark-keeper") return pid;
  }
  return 0;
}

int Arena::next_keeper(int but_not, milliseconds limit) const {
  int now = 0;
  bool const came = wait_for(
      [&] {
        now = keeper();
        return now != 0 && now != but_not;
      },
      limit);
  return came ? now : 0;
}

// From the size of the journals: near enough to wait for.
std::int64_t Arena::runs_begun() const {
  std::uintmax_t bytes = 0;
  for (auto const& entry : fs::directory_iterator(folder_ + "/runs")) bytes += entry.file_size();
  return static_cast<std::int64_t>(bytes / 200);  // a run's two lines are a little over 200 bytes
}

bool Arena::wait_for_runs(std::int64_t more, milliseconds limit) {
  return wait_for([&] { return runs_begun() >= runs_at_start_ + more; }, limit);
}

std::int64_t Arena::finished() {
  std::int64_t total = 0;
  for (kue::QueueCounts const& queue : queue_->store().counts()) {
    total += queue.of(kue::State::completed) + queue.of(kue::State::discarded) + queue.of(kue::State::cancelled);
  }
  return total;
}

bool Arena::drain(milliseconds limit) {
  return wait_for(
      [&] {
        std::this_thread::sleep_for(milliseconds(20));
        return finished() >= pushed_;
      },
      limit);
}

bool Arena::end_worker() {
  ::kill(master_, SIGTERM);
  if (!brood_.wait_exit(master_, milliseconds(30'000))) return false;
  int const status = brood_.status_of(master_);
  bool const clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return wait_for(
             [&] {
               brood_.reap();
               return brood_.strays(0).empty();
             },
             milliseconds(2000)) &&
         clean;
}

bool Arena::left_a_run_open(int pid) const {
  std::string const file = fmt::format("{}/runs/journal.{}", folder_, pid);
  if (!fs::exists(file)) return false;  // it died before its first job
  kue::testing::Journal const journal = kue::testing::read_journals(file);
  return !journal.lines.empty() && journal.lines.back().verb == JournalVerb::run_begin;
}

void Arena::remember_kill(std::vector<int> const& pids) { kills_.push_back({pids, kue::testing::monotonic_ns()}); }

void Arena::kill(int pid) {
  remember_kill({pid});
  ::kill(pid, SIGKILL);
}

kue::testing::Verdict Arena::verdict() {
  history_ = kue::testing::read_history(queue_->store());
  history_.pushes = kue::testing::read_journals(folder_ + "/pushes");
  history_.runs = kue::testing::read_journals(folder_ + "/runs");
  history_.drained = true;
  measure_recovery();
  if (!mix_.events) {
    for (kue::JobRecord& row : history_.records)
      row = queue_->store().get(row.job.id).value();  // with the attempts, which a query leaves out
  }
  return mix_.events ? kue::testing::check(history_) : verdict_of_rows(history_);
}

std::int64_t Arena::count_of(std::string_view reason) const {
  return std::count_if(history_.events.begin(), history_.events.end(),
                       [&](kue::Event const& event) { return to_string(event.reason) == reason; });
}

void Arena::measure_recovery() {
  std::map<int, std::int64_t> killed_at;
  for (Kill const& kill : kills_) {
    for (int const pid : kill.pids) killed_at[pid] = kill.at_ns;
  }
  std::map<kue::JobId, std::vector<kue::testing::JournalLine const*>> begins;
  std::map<std::pair<kue::JobId, std::uint32_t>, kue::testing::JournalLine const*> open;
  for (auto const& line : history_.runs->lines) {
    if (line.verb == JournalVerb::run_begin) {
      begins[line.job].push_back(&line);
      open[{line.job, line.claim_no}] = &line;
    } else {
      open.erase({line.job, line.claim_no});
    }
  }
  cut_short_ = 0;
  slowest_ = milliseconds(0);
  for (auto const& [key, line] : open) {
    auto const kill = killed_at.find(line->pid);
    if (kill == killed_at.end()) continue;
    ++cut_short_;
    std::int64_t next = 0;
    for (auto const* begin : begins[key.first]) {
      if (begin->at_ns > line->at_ns && (next == 0 || begin->at_ns < next)) next = begin->at_ns;
    }
    if (next != 0) slowest_ = std::max(slowest_, milliseconds((next - kill->second) / 1'000'000));
  }
}

void Arena::print_ledger(kue::testing::Verdict const& verdict, int kills) {
  std::string reasons;
  for (auto const& [reason, count] : verdict.runs_by_reason)
    reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", reason, count);
  char const* commit = std::getenv("TORTURE_COMMIT");
  fmt::print("ledger: | {:%Y-%m-%d} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
             std::chrono::system_clock::now(), commit != nullptr ? commit : "-", name_, seed_, kills, pushed_,
             cut_short_, verdict.lost, verdict.unexplained, verdict.overlaps + verdict.overlaps_after_node_lost,
             mix_.events ? std::to_string(verdict.stale_writes) : "-", slowest_.count(), reasons);
  std::fflush(stdout);
}

std::string Arena::logs() const {
  std::string text;
  for (int i = std::max(1, workers_ - 2); i <= workers_; ++i) {
    std::ifstream in(fmt::format("{}/worker.{}.log", folder_, i));
    std::string log((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (log.size() > 3000) log.erase(0, log.size() - 3000);
    text += fmt::format("--- worker {}\n{}\n", i, log);
  }
  return text;
}

}  // namespace torture
