// What surrounds every verb: a refusal never reaches the store, an error says which verb of which store, on_call hears
// of each call.

#include "kue/stores/guard/guard.hpp"

#include "kue/stores/guard/stub_store_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include <sys/wait.h>
#include <unistd.h>

namespace kue::guard_tests {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

struct Heard {
  std::string verb;
  std::size_t rows = 0;
  std::string error;  // empty: none
  bool operator==(Heard const&) const = default;
};
std::ostream& operator<<(std::ostream& out, Heard const& heard) {
  return out << heard.verb << " " << heard.rows << " " << heard.error;
}

struct OfAnother final : Foreign {
  OfAnother() : Foreign(Kind::postgres, nullptr) {}
};

struct GuardTest : ::testing::Test {
  std::shared_ptr<StubStore> stub = std::make_shared<StubStore>();
  std::vector<Heard> heard;
  std::shared_ptr<Store> store =
      guarded(stub, {.on_call = [this](StoreCall const& call) {
                EXPECT_GE(call.took.count(), 0);
                heard.push_back({std::string(call.verb), call.rows, call.error ? call.error->what() : ""});
              }});
  Envelope job{.id = JobId::make(), .kind = "Job", .queue = "default"};
  Claim claim{.id = job.id, .seq = 1, .queue = "default", .holder = 5, .claim_no = 1};
  Finish end{.claim = claim, .transition = {State::completed, Reason::completed}};
  Finish back{.claim = claim, .transition = {State::available, Reason::returned}};
  ProgressItem step{.claim = claim, .progress = {50, "half"}};
  OfAnother foreign;

  struct Verb {
    char const* name;
    char const* tried;
    std::size_t rows;  // while the store answers with 3
    std::function<void()> call;
  };
  std::vector<Verb> verbs() {
    Store& s = *store;
    return {{"push", "push to", 1,
             [&, this] {
               s.push({.jobs = {&job, 1}});
             }},
            {"claim", "claim from", 4,
             [&, this] {
               s.claim({.node = 1, .holder = 5, .finishes = {&end, 1}});
             }},
            {"finish", "finish in", 1,
             [&, this] {
               s.finish({.items = {&end, 1}});
             }},
            {"release", "release in", 1,
             [&, this] {
               s.release({.items = {&back, 1}});
             }},
            {"progress", "progress in", 1,
             [&, this] {
               s.progress({.items = {&step, 1}});
             }},
            {"cancel", "cancel in", 1,
             [&, this] {
               s.cancel({.ids = {&job.id, 1}});
             }},
            {"retry", "retry in", 1,
             [&, this] {
               s.retry({.ids = {&job.id, 1}});
             }},
            {"remove", "remove from", 1,
             [&, this] {
               s.remove({.ids = {&job.id, 1}});
             }},
            {"beat", "beat in", 1, [&] { s.beat({.node = 1}); }},
            {"nodes", "looking at the nodes of", 3, [&] { s.nodes(); }},
            {"rescue", "rescue in", 1, [&] { s.rescue({.node = 1}); }},
            {"running", "looking at the running jobs of", 3, [&] { s.running({}); }},
            {"get", "get from", 1, [&, this] { s.get(job.id); }},
            {"query", "query of", 3, [&] { s.query({}); }},
            {"head", "looking at the front of", 1, [&] { s.head({.queue = "default"}); }},
            {"counts", "counting in", 3, [&] { s.counts(); }},
            {"events", "reading the events of", 3, [&] { s.events({}); }},
            {"pause", "pause in", 1, [&] { s.pause({.queue = "default"}); }},
            {"resume", "resume in", 1, [&] { s.resume({.queue = "default"}); }},
            {"prune", "prune of", 3, [&] { s.prune({}); }},
            {"tend", "tending", 0, [&] { s.tend(); }},
            {"check", "check of", 0, [&] { s.check(); }},
            {"info", "info of", 0, [&] { s.info(); }},
            {"schema", "looking at the schema of", 0, [&] { s.schema(); }},
            {"migrate", "opening", 0, [&] { s.migrate(); }}};
  }
  std::optional<Error> error_of(std::function<void()> const& call) {
    try {
      call();
    } catch (Error const& error) {
      return error;
    }
    return std::nullopt;
  }
  void expect_invalid(std::function<void()> const& call, std::string const& words) {
    auto const error = error_of(call);
    ASSERT_TRUE(error) << words;
    EXPECT_EQ(error->kind(), ErrorKind::invalid);
    EXPECT_THAT(error->what(), HasSubstr(words));
    EXPECT_THAT(stub->came, IsEmpty()) << "a refusal never reaches the store";
  }
};

TEST_F(GuardTest, every_verb_goes_through_once_and_is_heard_with_its_rows) {
  stub->answers = 3;
  for (Verb const& verb : verbs()) {
    stub->came.clear();
    heard.clear();
    verb.call();
    EXPECT_THAT(stub->came, ElementsAre(verb.name));
    EXPECT_THAT(heard, ElementsAre(Heard{verb.name, verb.rows, ""}));
  }
}

TEST_F(GuardTest, every_error_names_the_verb_and_the_store_and_keeps_its_kind) {
  stub->error = Error(ErrorKind::full, "the disk is full");
  for (Verb const& verb : verbs()) {
    heard.clear();
    auto const error = error_of(verb.call);
    ASSERT_TRUE(error) << verb.name;
    EXPECT_EQ(std::string(error->what()), std::string(verb.tried) + " stub:here failed: the disk is full");
    EXPECT_EQ(error->kind(), ErrorKind::full);
    EXPECT_FALSE(error->outcome_unknown());
    ASSERT_EQ(heard.size(), 1u);
    EXPECT_EQ(heard[0].verb, verb.name);
    EXPECT_EQ(heard[0].error, error->what());
  }
  EXPECT_STREQ(error_of([&] { store->wait({}); })->what(), "waiting for work in stub:here failed: the disk is full");
}

TEST_F(GuardTest, that_an_outcome_is_not_known_stays_said) {
  stub->error = Error::with_unknown_outcome(ErrorKind::timeout, "no answer");
  for (Verb const& verb : verbs()) EXPECT_TRUE(error_of(verb.call)->outcome_unknown()) << verb.name;
  EXPECT_TRUE(error_of([&] { store->wait({}); })->outcome_unknown());
}

TEST_F(GuardTest, a_store_that_refuses_is_said_to_refuse) {
  stub->error = Error(ErrorKind::refused, "it is on a network file system");
  EXPECT_STREQ(error_of([&] { store->counts(); })->what(),
               "counting in stub:here refused: it is on a network file system");
}

TEST_F(GuardTest, a_store_without_transactions_says_so_of_both_verbs) {
  auto const pushed = error_of([&] {
    store->push_in(foreign, {.jobs = {&job, 1}});
  }),
             finished = error_of([&] {
               store->finish_in(foreign, {.items = {&end, 1}});
             });
  ASSERT_TRUE(pushed && finished);
  EXPECT_EQ(pushed->kind(), ErrorKind::refused);
  EXPECT_THAT(pushed->what(), StartsWith("push in a transaction to stub:here refused: "));
  EXPECT_THAT(finished->what(), StartsWith("finish in a transaction in stub:here refused: "));
  EXPECT_EQ(heard.size(), 2u);
}

TEST_F(GuardTest, refuses_what_no_store_may_take) {
  Envelope bad = job;
  bad.queue = "no spaces";
  expect_invalid([&] { store->push({.jobs = {&bad, 1}}); }, "no spaces");
  expect_invalid([&] { store->push_in(foreign, {.jobs = {&bad, 1}}); }, "no spaces");
  expect_invalid([&] { store->claim({.node = 1, .holder = 0}); }, "claim from stub:here failed: it names no holder");
  expect_invalid([&] { store->beat({.node = 0}); }, "beat in stub:here failed: it is of node 0");
  for (int const limit : {0, -1, 1001})
    expect_invalid([&] { store->query({.limit = limit}); },
                   "query of stub:here failed: its limit is " + std::to_string(limit));
  for (char const* queue : {"", "no spaces", "-x", "a\nb"}) {
    expect_invalid([&] { store->pause({.queue = queue}); }, "pause in stub:here failed: '");
    expect_invalid([&] { store->resume({.queue = queue}); }, "is no queue name");
  }
}

TEST_F(GuardTest, refuses_every_transition_that_the_table_does_not_have) {
  for (int to = 0; to < static_cast<int>(kStateCount); ++to) {
    for (int reason = 0; reason <= static_cast<int>(Reason::removed); ++reason) {
      Finish item = end;
      item.transition = {static_cast<State>(to), static_cast<Reason>(reason)};
      std::vector<Finish> const items{end, item};
      std::vector<Finish> const releases{back, item};
      struct {
        kue::Verb verb;
        std::function<void()> call;
      } const ways[] = {{kue::Verb::finish, [&] { store->finish({.items = items}); }},
                        {kue::Verb::finish, [&] { store->finish_in(foreign, {.items = items}); }},
                        {kue::Verb::finish, [&] { store->claim({.node = 1, .holder = 5, .finishes = items}); }},
                        {kue::Verb::release, [&] { store->release({.items = releases}); }}};
      for (auto const& way : ways) {
        stub->came.clear();
        auto const error = error_of(way.call);
        if (allowed(way.verb, State::running, item.transition.to, item.transition.reason)) {
          EXPECT_TRUE(!error || error->kind() == ErrorKind::refused);  // finish_in: this store has none
        } else {
          ASSERT_TRUE(error);
          EXPECT_EQ(error->kind(), ErrorKind::invalid);
          EXPECT_THAT(error->what(), HasSubstr("is no transition of a job's life"));
          EXPECT_THAT(stub->came, IsEmpty()) << "all or nothing: nor what stood before it";
        }
      }
    }
  }
}

TEST_F(GuardTest, refuses_more_of_an_attempt_than_is_kept) {
  Finish item = end;
  item.transition = {State::retryable, Reason::error};
  item.attempt = Attempt{.failure = {.message = std::string(limits::kMaxHeadTextBytes, 'm')},
                         .record = std::string(limits::kMaxRecordBytes, 'r')};
  EXPECT_NO_THROW(store->finish({.items = {&item, 1}}));
  stub->came.clear();
  item.attempt->failure.message += 'm';
  expect_invalid([&] { store->finish({.items = {&item, 1}}); }, "a message of 1025 bytes");
  item.attempt->failure.message.clear();
  item.attempt->record += 'r';
  expect_invalid(
      [&] {
        store->claim({.node = 1, .holder = 5, .finishes = {&item, 1}});
      },
      "a record of 98305; at most 128, 1024 and 98304 are kept");
  item.attempt = Attempt{.failure = {.type = std::string(limits::kMaxNameBytes + 1, 't')}};
  expect_invalid([&] { store->finish({.items = {&item, 1}}); }, "a type of 129 bytes");
}

TEST_F(GuardTest, is_put_around_a_store_once) {
  EXPECT_EQ(guarded(store), store);
  EXPECT_EQ(guarded(store, {.on_call = [](StoreCall const&) { FAIL(); }}), store);
  store->counts();
  EXPECT_EQ(heard.size(), 1u);
  EXPECT_EQ(guarded(nullptr), nullptr);
  EXPECT_EQ(store->description(), "stub:here");
  EXPECT_TRUE(store->capabilities().events);
}

// 0: each verb was refused and none came through.
int use_in_a_child(GuardTest& test, std::vector<GuardTest::Verb> const& verbs) {
  for (auto const& verb : verbs) {
    auto const error = test.error_of(verb.call);
    if (!error || error->kind() != ErrorKind::refused ||
        std::string(error->what()).find("after a fork") == std::string::npos)
      return 1;
  }
  auto const waited = test.error_of([&] { test.store->wait({}); });
  if (!waited || waited->kind() != ErrorKind::refused) return 2;
  return test.stub->came.empty() ? 0 : 3;
}

TEST_F(GuardTest, after_a_fork_no_verb_comes_through_in_the_child) {
  auto const all = verbs();
  pid_t const child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(use_in_a_child(*this, all));
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0) << "1: a verb was not refused, 2: nor wait, 3: something reached the store";
  EXPECT_NO_THROW(store->counts()) << "and the parent goes on";
}

}  // namespace
}  // namespace kue::guard_tests
