// Writes a store with jobs in every state, as the library of commit 20fddda (schema 4) does. Built with that commit
// only, by make_schema4.py.
//
//   make_schema4 FILE
//
// The clock is a test's and ids count up, so that two runs write the same file.

#include "kue/core/decide.hpp"

#include <kue/store.hpp>
#include <kue/testing/fake_clock.hpp>

#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using Kind = kue::Outcome::Kind;

constexpr std::uint64_t kLive = 0xA11CE, kDead = 0xDEADBEEF00000001,
                        kOther = 0xFEDCBA9876543210;  // the last two are negative in the file
constexpr std::uint64_t kFirst = 0x1111, kSecond = 0x9222222222222222, kOfDead = 0x3333;
constexpr kue::limits::Days kFarAway{365 * 70};

class Maker {
 public:
  explicit Maker(std::string const& file)
      : store_(kue::open_store("sqlite:" + file, {.clock = &clock_, .event_log = true})) {
    store_->beat({.node = kLive, .name = "live.example", .pid = 4711});
    store_->beat({.node = kDead, .name = "dead.example", .pid = 4712});
    store_->beat({.node = kOther, .name = "n\u00f6de.example", .pid = 4713});
  }

  kue::Envelope job(std::string queue, int priority = 0, std::string const& text = "") {
    kue::Envelope envelope;
    int const number = ++numbers_;
    std::array<std::uint8_t, 16> id{0x01, 0x9b, 0x7c, 0x00, 0, 0, 0x70, 0, 0x80};
    id[14] = static_cast<std::uint8_t>(number / 256);
    id[15] = static_cast<std::uint8_t>(number % 256);
    envelope.id = kue::JobId(id);
    envelope.kind = "Note";
    envelope.queue = std::move(queue);
    envelope.priority = priority;
    envelope.args = fmt::format(R"({{"number":{},"text":"{}","sleep_ms":0}})", number, text);
    return envelope;
  }
  std::vector<kue::Envelope> jobs(int count, std::string const& queue, int priority = 0) {
    std::vector<kue::Envelope> made;
    for (int i = 0; i < count; ++i) made.push_back(job(queue, priority));
    return made;
  }
  std::vector<kue::JobId> push(std::vector<kue::Envelope> const& some) {
    store_->push({.jobs = some});
    std::vector<kue::JobId> ids;
    for (kue::Envelope const& each : some) ids.push_back(each.id);
    clock_.advance(7ms);
    return ids;
  }
  kue::JobId push(kue::Envelope const& one) { return push(std::vector{one}).front(); }

  std::vector<kue::Claimed> claim(int count, std::string const& queue, std::uint64_t holder = kFirst,
                                  std::uint64_t node = kLive) {
    std::vector<kue::Claimed> got;
    std::vector<std::string> const queues{queue};
    while (static_cast<int>(got.size()) < count) {
      auto some =
          store_->claim({.node = node, .holder = holder, .queues = queues, .max = count - static_cast<int>(got.size())})
              .jobs;
      if (some.empty()) throw std::runtime_error("too few jobs in " + queue);
      got.insert(got.end(), some.begin(), some.end());
    }
    clock_.advance(3ms);
    return got;
  }

  void end(kue::Claimed const& claimed, kue::Outcome const& outcome, std::uint64_t holder = kFirst,
           std::uint64_t node = kLive, kue::FinishStatus wanted = kue::FinishStatus::applied) {
    auto const began = clock_.now();
    clock_.advance(5ms);
    kue::Finish item{.id = claimed.job.id,
                     .holder = holder,
                     .seq = claimed.seq,
                     .queue = claimed.job.queue,
                     .claim_no = claimed.claim_no};
    item.transition = kue::core::decide(claimed.tally, outcome, clock_.now(), random_);
    if (outcome.kind < Kind::returned) item.started_at = began;
    if (kue::core::is_remembered(item.transition)) {
      item.attempt = kue::Attempt{.claim_no = claimed.claim_no,
                                  .attempt = claimed.tally.attempt + 1,
                                  .reason = item.transition.reason,
                                  .failure = outcome.failure,
                                  .started_at = began,
                                  .ended_at = clock_.now(),
                                  .node = node,
                                  .pid = 5000 + static_cast<int>(claimed.claim_no)};
    }
    item.result = outcome.result;
    bool const finish = kue::core::verb_of(outcome.kind) == kue::Verb::finish;
    auto const statuses =
        finish ? store_->finish({.items = {&item, 1}}).statuses : store_->release({.items = {&item, 1}}).statuses;
    if (statuses.at(0) != wanted) throw std::runtime_error("another answer than wanted: " + claimed.job.args);
  }

  void fill();

 private:
  static kue::Outcome outcome(Kind kind, std::string type = "std::runtime_error", std::string message = "",
                              int signal = 0) {
    kue::Outcome made{.kind = kind};
    made.failure = {.type = std::move(type), .message = std::move(message), .signal = signal};
    if (signal != 0)
      made.failure.backtrace =
          "#0 resize(Photo&) at photo.cpp:81\n#1 Note::run() const at note.cpp:12\n#2 \xe2\x80\xa6";
    return made;
  }
  void ends();
  void more_than_one_run();
  void running();
  void holes();
  void waiting();

  kue::testing::FakeClock clock_;
  struct : kue::Random {
    std::uint64_t below(std::uint64_t) override { return 0; }
  } random_;
  std::unique_ptr<kue::Store> store_;
  int numbers_ = 0;
};

// One run of each way that a run can come to.
void Maker::ends() {
  push(jobs(40, "ends"));
  for (kue::Claimed const& each : claim(6, "ends")) {
    kue::Outcome done;
    done.result = fmt::format(R"({{"pages":{},"title":"Stra\u00dfe \u65e5\u672c"}})", each.seq);
    end(each, done);
  }
  for (Kind const kind : {Kind::completed, Kind::failed, Kind::timed_out, Kind::snoozed, Kind::cancelled, Kind::gave_up,
                          Kind::corrupt, Kind::unknown_kind, Kind::interrupted, Kind::crashed, Kind::oom,
                          Kind::hard_timeout, Kind::lost_call, Kind::store_restart, Kind::node_lost}) {
    auto const claimed = claim(1, "ends").front();
    kue::Outcome how = outcome(kind, "shop::GatewayError", "the gateway answers 503 \u2013 \"later\"\nsecond line");
    if (kind == Kind::crashed) how = outcome(kind, "signal", "SIGSEGV", 11);
    if (kind == Kind::failed || kind == Kind::snoozed) how.delay = kFarAway;
    if (kind == Kind::completed) how = {};
    end(claimed, how);
    // What was given back would be claimed again by the next turn: it ends here.
    if (kue::core::verb_of(kind) == kue::Verb::release)
      end(claim(1, "ends").front(), outcome(Kind::gave_up, "discard", "enough"));
  }
  kue::Envelope last = job("ends", -1);
  last.max_attempts = 1;
  push(last);
  end(claim(1, "ends").front(), outcome(Kind::failed, "std::logic_error", "the only attempt"));  // exhausted
}

void Maker::more_than_one_run() {
  kue::Envelope stubborn = job("again", 0, "gr\u00fc\u00df Gott");
  stubborn.tags = {"red", "customer-7"};
  stubborn.meta = {{"request", "a1:b2\nc"}, {"user", "J\u00f6rg"}, {"empty", ""}};
  stubborn.timeout = 90s;
  stubborn.max_attempts = 5;
  stubborn.schema = 3;
  push(stubborn);
  for (int run = 1; run <= 4; ++run) {
    kue::Outcome failed = outcome(Kind::failed, "std::system_error", fmt::format("run {}", run));
    failed.delay = run == 4 ? kue::Millis(kFarAway) : kue::Millis(1min);
    end(claim(1, "again").front(), failed);
    clock_.advance(2min);
  }
  push(job("again"));
  for (int death = 1; death <= 3; ++death)
    end(claim(1, "again").front(), outcome(Kind::crashed, "signal", "SIGABRT", 6));  // poison
  push(job("again"));
  for (int loss = 1; loss <= 11; ++loss)
    end(claim(1, "again").front(), outcome(Kind::node_lost, "node", "its node is gone"));  // discarded: node_lost
  kue::Envelope once = job("again");
  once.max_attempts = 1;
  push(once);
  for (int stop = 1; stop <= 11; ++stop)
    end(claim(1, "again").front(), outcome(Kind::interrupted, "", ""));  // discarded: interrupted
  once = job("again");
  once.max_attempts = 1;
  push(once);
  end(claim(1, "again").front(),
      outcome(Kind::hard_timeout, "timeout", "killed after 90 s"));  // discarded: hard_timeout
  push(job("again"));
  end(claim(1, "again").front(), outcome(Kind::unknown_kind));
  clock_.advance(61min);
  end(claim(1, "again").front(), outcome(Kind::unknown_kind));  // discarded: unknown_kind
}

void Maker::running() {
  push(jobs(20, "running"));
  auto const of_first = claim(6, "running"), of_second = claim(4, "running", kSecond, kOther),
             of_dead = claim(5, "running", kOfDead, kDead);
  std::vector<kue::ProgressItem> items;
  for (std::size_t i = 0; i < 3; ++i) {
    items.push_back({.id = of_first[i].job.id,
                     .holder = kFirst,
                     .progress = {static_cast<int>(33 * i), "Seite \u2116 " + std::to_string(i)}});
  }
  store_->progress({.items = items});
  store_->cancel({.ids = std::vector{of_first[1].job.id, of_second[2].job.id}});
  end(of_first[2], {});  // a hole in the stretch of its holder, with its progress
  end(of_second[0], outcome(Kind::failed, "std::runtime_error", "no"), kSecond, kOther);
  // The node is declared dead; whoever saw it has not given its jobs back yet. Its own word comes too late.
  store_->beat({.node = kDead, .name = "dead.example", .pid = 4712});
  for (kue::NodeInfo const& node : store_->nodes()) {
    if (node.node == kDead) store_->rescue({.node = kDead, .beat_seen = node.beat});
  }
  end(of_dead[0], {}, kFirst, kLive,
      kue::FinishStatus::stale);  // by somebody who does not hold it: refused, and on record
}

// Stretches that cover numbers of other queues, of cancelled jobs and of jobs that are gone.
void Maker::holes() {
  std::vector<kue::JobId> mail, shop;
  for (int i = 0; i < 30; ++i) {
    mail.push_back(push(job("mail", i % 3 == 0 ? 5 : 0)));
    shop.push_back(push(job("shop", 0, "\u00e4\u6f22\U0001f600")));
    if (i % 4 == 0) push(job("mail", -10));
  }
  store_->cancel({.ids = std::vector{mail[3], mail[4], shop[10], shop[11], shop[12]}});
  store_->remove({.ids = std::vector{mail[7], shop[20], shop[21], mail[4]}});
  store_->retry({.ids = std::vector{shop[11]}});
  auto const held = claim(12, "shop");
  for (std::size_t i = 0; i < held.size(); ++i) {
    if (i % 3 != 2)
      end(held[i], i % 3 == 0 ? outcome(Kind::returned) : kue::Outcome());  // returned ones stand before newer ones
  }
  for (std::size_t i = 2; i < held.size(); i += 3)
    end(held[i], outcome(Kind::crashed, "exit", "exit code 3"));  // come alone
  push(jobs(40, "bulk"));
  push(jobs(10, "bulk", -3));
  auto const some = claim(15, "bulk");
  for (auto it = some.rbegin(); it != some.rend(); ++it) end(*it, outcome(Kind::returned));
  store_->pause({.queue = "paused"});
  push(jobs(5, "paused"));
  store_->pause({.queue = "never-used"});
  auto const gone = push(jobs(3, "empty"));
  store_->remove({.ids = gone});
  push(jobs(8, "done"));
  for (kue::Claimed const& each : claim(8, "done")) end(each, {});
  kue::PruneRequest prune;
  prune.queue = "done";
  prune.retention.usual.completed_count = 4;
  store_->prune(prune);
}

void Maker::waiting() {
  for (int i = 0; i < 6; ++i) {
    kue::Envelope later = job("later", i);
    later.run_at = clock_.now() + kFarAway + std::chrono::hours(i);
    push(later);
  }
  for (int i = 0; i < 5; ++i) {  // due in a minute, and nobody claims any more
    kue::Envelope soon = job("due", i % 2);
    soon.run_at = clock_.now() + 1min + std::chrono::seconds(5 - i);
    push(soon);
  }
  push(jobs(4, "due"));
  auto const claimed = claim(2, "due");
  for (kue::Claimed const& each : claimed) {
    kue::Outcome failed = outcome(Kind::failed, "std::runtime_error", "again in a moment");
    failed.delay = 30s;
    end(each, failed);
  }
  push(jobs(2, "blocked"));  // make_schema4.py blocks them: no call of that commit does
  store_->beat({.node = kLive, .name = "live.example", .pid = 4711});
  store_->beat({.node = kOther, .name = "n\u00f6de.example", .pid = 4713});
}

void Maker::fill() {
  ends();
  more_than_one_run();
  running();
  holes();
  waiting();
  for (std::string const& problem : store_->check().problems) fmt::print(stderr, "{}\n", problem);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  Maker(argv[1]).fill();
  return 0;
}
