// Hand-made histories: good ones that must pass, and broken ones, each named after the one rule that it breaks.

#include <kue/testing/checker.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace kue::testing {
namespace {

using enum State;
using V = Verb;
using R = Reason;

constexpr std::uint64_t kAnn = 0xa, kBob = 0xb;  // holders
constexpr TimePoint kNoon{Millis(1'000'000)};

// Writes a history down step by step, as a store, a producer and a job would.
struct Story {
  History history;
  JobId job = JobId::make();
  std::int64_t now_ns = 1'000;

  Story() {
    history.pushes.emplace();
    history.runs.emplace();
    history.drained = true;
  }

  Story& event(V verb, std::optional<State> from, std::optional<State> to, R reason, std::uint32_t claim = 0,
               std::uint64_t holder = 0) {
    std::int64_t const seq = history.events.empty() ? 1 : history.events.back().seq + 1;
    history.events.push_back({.seq = seq,
                              .at = kNoon + Millis(seq),
                              .id = job,
                              .verb = verb,
                              .from = from,
                              .to = to,
                              .reason = reason,
                              .claim_no = claim,
                              .holder = holder});
    return *this;
  }
  Story& stale(V verb, State to, R reason, std::uint64_t holder, std::uint32_t claim = 0) {
    event(verb, running, to, reason, claim, holder).history.events.back().stale = true;
    return *this;
  }
  Story& says(JournalVerb verb) {
    history.pushes->lines.push_back({.verb = verb, .job = job, .args_hash = 7});
    return *this;
  }
  Story& push() { return event(V::push, {}, available, R::pushed).says(JournalVerb::push_ok); }
  Story& claim(std::uint32_t n, std::uint64_t holder, State from = available) {
    return event(V::claim, from, running, R::claimed, n, holder);
  }
  Story& complete(std::uint32_t n, std::uint64_t holder) {
    return event(V::finish, running, completed, R::completed, n, holder);
  }
  Story& release(std::uint32_t n, std::uint64_t holder, R reason) {
    return event(V::release, running, available, reason, n, holder);
  }

  Story& begin(std::uint32_t claim, std::uint64_t holder, std::uint32_t attempt = 1) {
    history.runs->lines.push_back({.verb = JournalVerb::run_begin,
                                   .job = job,
                                   .claim_no = claim,
                                   .attempt = attempt,
                                   .pid = static_cast<int>(holder),
                                   .at_ns = ++now_ns,
                                   .args_hash = 7});
    return *this;
  }
  Story& end(std::uint32_t claim, std::uint64_t holder, std::string how = "returned") {
    history.runs->lines.push_back({.verb = JournalVerb::run_end,
                                   .job = job,
                                   .claim_no = claim,
                                   .pid = static_cast<int>(holder),
                                   .at_ns = ++now_ns,
                                   .how = std::move(how)});
    return *this;
  }
  Story& run(std::uint32_t claim, std::uint64_t holder, std::string how = "returned", std::uint32_t attempt = 1) {
    return begin(claim, holder, attempt).end(claim, holder, std::move(how));
  }
  Story& row(State state, std::uint32_t claims, Tally tally) {
    JobRecord record;
    record.job.id = job;
    record.state = state;
    record.claim_no = claims;
    record.tally = tally;
    record.run_at = kNoon;
    history.records.push_back(record);
    return *this;
  }
  // crashed, failed, interrupted, completed at last
  static Story eventful() {
    Story story;
    story.push().claim(1, kAnn).begin(1, kAnn).release(1, kAnn, R::crashed);
    story.claim(2, kBob).run(2, kBob, "threw").event(V::finish, running, retryable, R::error, 2, kBob);
    story.claim(3, kBob, retryable).run(3, kBob, "interrupted", 2).release(3, kBob, R::interrupted);
    story.claim(4, kBob).run(4, kBob, "returned", 2).complete(4, kBob);
    return story.row(completed, 4, {.attempt = 2, .crashes = 1, .interruptions = 1});
  }
  // pushed, run once, completed: what most jobs are
  static Story simple() {
    return Story().push().claim(1, kAnn).run(1, kAnn).complete(1, kAnn).row(completed, 1, {.attempt = 1});
  }
};

void expect_kept(Story const& story) {
  Verdict const verdict = check(story.history);
  EXPECT_TRUE(verdict.ok()) << verdict.text();
}

// Exactly this rule is broken, and the counter-example shows the job.
void expect_broken(Rule rule, Story const& story) {
  Verdict const verdict = check(story.history);
  std::set<std::string> broken;
  for (Violation const& violation : verdict.violations) broken.insert(std::string(to_string(violation.rule)));
  EXPECT_EQ(broken, std::set<std::string>{std::string(to_string(rule))}) << verdict.text();
  EXPECT_NE(verdict.counter_example.find(to_string(rule)), std::string::npos);
  EXPECT_NE(verdict.text().find("BROKEN"), std::string::npos);
}

// ---- good

TEST(checker_good, one_run) {
  Verdict const verdict = check(Story::simple().history);
  EXPECT_TRUE(verdict.ok()) << verdict.text();
  EXPECT_EQ(verdict.accepted, 1);
  EXPECT_EQ(verdict.completed, 1);
  EXPECT_EQ(verdict.runs, 1);
  EXPECT_EQ(verdict.runs_by_reason.at("first"), 1);
}

TEST(checker_good, crash_error_and_interruption_each_explain_one_more_run) {
  Verdict const verdict = check(Story::eventful().history);
  EXPECT_TRUE(verdict.ok()) << verdict.text();
  EXPECT_EQ(verdict.runs, 4);
  EXPECT_EQ(verdict.runs_cut_short, 1);
  std::map<std::string, std::int64_t> const expected = {{"first", 1}, {"crashed", 1}, {"error", 1}, {"interrupted", 1}};
  EXPECT_EQ(verdict.runs_by_reason, expected);
}

TEST(checker_good, returned_without_a_run_then_first_run) {
  expect_kept(Story()
                  .push()
                  .claim(1, kAnn)
                  .release(1, kAnn, R::returned)
                  .claim(2, kBob)
                  .run(2, kBob)
                  .complete(2, kBob)
                  .row(completed, 2, {.attempt = 1}));
}

TEST(checker_good, finished_and_died_before_the_store_knew) {
  Story story;
  story.push().claim(1, kAnn).run(1, kAnn).release(1, kAnn, R::crashed).claim(2, kBob).run(2, kBob).complete(2, kBob);
  story.row(completed, 2, {.attempt = 1, .crashes = 1});
  Verdict const verdict = check(story.history);
  EXPECT_TRUE(verdict.ok()) << verdict.text();
  EXPECT_EQ(verdict.finished_but_run_again, 1);
}

TEST(checker_good, a_repeated_finish_of_an_earlier_claim_of_the_same_holder_is_refused) {
  Story story;
  story.push()
      .claim(1, kAnn)
      .run(1, kAnn, "threw")
      .event(V::finish, running, retryable, R::error, 1, kAnn)
      .claim(2, kAnn, retryable);
  story.stale(V::finish, retryable, R::error, kAnn, 1)
      .run(2, kAnn, "returned", 2)
      .complete(2, kAnn)
      .row(completed, 2, {.attempt = 2});
  expect_kept(story);
}

TEST(checker_good, overlap_and_stale_write_after_node_lost) {
  Story story;
  story.push().claim(1, kAnn).begin(1, kAnn).release(1, kAnn, R::node_lost).claim(2, kBob).begin(2, kBob).end(1, kAnn);
  story.stale(V::finish, completed, R::completed, kAnn)
      .end(2, kBob)
      .complete(2, kBob)
      .row(completed, 2, {.attempt = 1, .node_losses = 1});
  Verdict const verdict = check(story.history);
  EXPECT_TRUE(verdict.ok()) << verdict.text();
  EXPECT_EQ(verdict.overlaps, 0);
  EXPECT_EQ(verdict.overlaps_after_node_lost, 1);
  EXPECT_EQ(verdict.stale_writes, 1);
}

TEST(checker_good, discarded_retried_by_a_person_and_pruned) {
  Story story;
  story.push().claim(1, kAnn).run(1, kAnn, "threw").event(V::finish, running, discarded, R::exhausted, 1, kAnn);
  story.event(V::retry, discarded, available, R::retried).claim(2, kBob).run(2, kBob).complete(2, kBob);
  story.event(V::prune, completed, {}, R::pruned);
  Verdict const verdict = check(story.history);
  EXPECT_TRUE(verdict.ok()) << verdict.text();
  EXPECT_EQ(verdict.pruned, 1);
  EXPECT_EQ(verdict.runs_by_reason.at("retried"), 1);
}

TEST(checker_good, removed_by_a_person_while_it_waited) {
  Story story;
  story.push().event(V::remove, available, {}, R::removed);
  Verdict const verdict = check(story.history);
  EXPECT_TRUE(verdict.ok()) << verdict.text();
  EXPECT_EQ(verdict.accepted, 1);
  EXPECT_EQ(verdict.removed, 1);
  EXPECT_EQ(verdict.pruned, 0);
}

TEST(checker_good, asked_to_be_cancelled_while_it_ran) {
  Story story;
  story.push().claim(1, kAnn).run(1, kAnn, "threw").event(V::release, running, cancelled, R::cancelled, 1, kAnn);
  Verdict const verdict = check(story.history);
  EXPECT_FALSE(verdict.count(Rule::illegal_transition)) << verdict.text();
}

TEST(checker_good, unknown_push_without_a_row_and_refused_push) {
  Story story = Story::simple();
  story.job = JobId::make();
  story.says(JournalVerb::push_unknown);
  story.job = JobId::make();
  story.says(JournalVerb::push_refused);
  Verdict const verdict = check(story.history);
  EXPECT_TRUE(verdict.ok()) << verdict.text();
  EXPECT_EQ(verdict.accepted, 1);
}

TEST(checker_good, without_journals_only_events_and_rows_are_judged) {
  Story story = Story::simple();
  story.history.pushes.reset();
  story.history.runs.reset();
  expect_kept(story);
  EXPECT_EQ(check(story.history).accepted, 1);
}

// ---- broken, each exactly one rule

TEST(checker_broken, lost) { expect_broken(Rule::lost, Story().says(JournalVerb::push_ok)); }

TEST(checker_broken, lost_after_it_was_there) {
  expect_broken(Rule::lost, Story().push().claim(1, kAnn).begin(1, kAnn).release(1, kAnn, R::crashed));
}

TEST(checker_broken, ghost_that_nobody_pushed) {
  Story story = Story::simple();
  story.history.pushes->lines.clear();
  expect_broken(Rule::ghost, story);
}

TEST(checker_broken, ghost_of_a_refused_push) {
  Story story = Story::simple();
  story.history.pushes->lines.front().verb = JournalVerb::push_refused;
  expect_broken(Rule::ghost, story);
}

TEST(checker_broken, two_rows) { expect_broken(Rule::two_rows, Story::simple().row(completed, 1, {.attempt = 1})); }

TEST(checker_broken, record_differs_in_state) {
  expect_broken(Rule::record_differs,
                Story().push().claim(1, kAnn).run(1, kAnn).complete(1, kAnn).row(cancelled, 1, {.attempt = 1}));
}

TEST(checker_broken, record_differs_in_claims) {
  expect_broken(Rule::record_differs,
                Story().push().claim(1, kAnn).run(1, kAnn).complete(1, kAnn).row(completed, 2, {.attempt = 1}));
}

TEST(checker_broken, event_order) {
  Story story = Story::simple();
  story.history.events.back().seq = story.history.events.front().seq;
  expect_broken(Rule::event_order, story);
}

TEST(checker_broken, broken_chain) {
  Story story;  // claimed from retryable, but nobody had made it that
  expect_broken(
      Rule::broken_chain,
      story.push().claim(1, kAnn, retryable).run(1, kAnn).complete(1, kAnn).row(completed, 1, {.attempt = 1}));
}

TEST(checker_broken, illegal_transition) {
  Story story;  // a child may not give back a job because of an error
  story.push().claim(1, kAnn).run(1, kAnn, "threw").event(V::release, running, available, R::error, 1, kAnn);
  story.claim(2, kBob).run(2, kBob, "returned", 2).complete(2, kBob).row(completed, 2, {.attempt = 2});
  expect_broken(Rule::illegal_transition, story);
  EXPECT_EQ(check(story.history).illegal, 1);
}

TEST(checker_broken, final_changed) {
  Story story;
  story.push().claim(1, kAnn).run(1, kAnn).complete(1, kAnn).event(V::retry, completed, available, R::retried);
  story.claim(2, kBob).run(2, kBob).complete(2, kBob).row(completed, 2, {.attempt = 1});
  expect_broken(Rule::final_changed, story);
}

TEST(checker_broken, final_changed_by_a_rescue) {
  Story story;  // the rescuer overwrote what had just finished
  story.push().claim(1, kAnn).run(1, kAnn).complete(1, kAnn).event(V::release, completed, available, R::node_lost, 1,
                                                                   kAnn);
  story.claim(2, kBob)
      .run(2, kBob, "returned", 2)
      .complete(2, kBob)
      .row(completed, 2, {.attempt = 2, .node_losses = 1});
  expect_broken(Rule::final_changed, story);
}

TEST(checker_broken, claim_no_skips) {
  expect_broken(Rule::claim_no,
                Story().push().claim(2, kAnn).run(2, kAnn).complete(2, kAnn).row(completed, 2, {.attempt = 1}));
}

TEST(checker_broken, claim_no_of_another_claim_in_a_finish) {
  expect_broken(Rule::claim_no,
                Story().push().claim(1, kAnn).run(1, kAnn).complete(2, kAnn).row(completed, 1, {.attempt = 1}));
}

TEST(checker_broken, fence) {
  expect_broken(Rule::fence,
                Story().push().claim(1, kAnn).run(1, kAnn).complete(1, kBob).row(completed, 1, {.attempt = 1}));
}

TEST(checker_broken, false_stale) {
  Story story;
  story.push()
      .claim(1, kAnn)
      .run(1, kAnn)
      .stale(V::finish, completed, R::completed, kAnn)
      .complete(1, kAnn)
      .row(completed, 1, {.attempt = 1});
  expect_broken(Rule::false_stale, story);
}

TEST(checker_broken, false_stale_of_the_claim_that_runs) {
  Story story;
  story.push()
      .claim(1, kAnn)
      .run(1, kAnn)
      .stale(V::finish, completed, R::completed, kAnn, 1)
      .complete(1, kAnn)
      .row(completed, 1, {.attempt = 1});
  expect_broken(Rule::false_stale, story);
}

TEST(checker_broken, early_claim_by_the_producers_word) {
  Story story = Story::simple();
  story.history.pushes->lines.front().run_at = kNoon + Millis(500);
  expect_broken(Rule::early_claim, story);
}

TEST(checker_broken, early_claim_by_the_row) {
  Story story = Story::simple();
  story.history.records.front().run_at = kNoon + Millis(500);
  expect_broken(Rule::early_claim, story);
}

TEST(checker_broken, run_without_a_claim) {
  Story story = Story::simple();
  story.run(2, kBob);
  expect_broken(Rule::unexplained_run, story);
  EXPECT_EQ(check(story.history).unexplained, 1);
}

TEST(checker_broken, second_run_of_one_claim) {
  expect_broken(Rule::unexplained_run, Story().push().claim(1, kAnn).run(1, kAnn).run(1, kAnn).complete(1, kAnn).row(
                                           completed, 1, {.attempt = 1}));
}

TEST(checker_broken, older_claim_run_after_newer) {
  Story story;
  story.push().claim(1, kAnn).release(1, kAnn, R::crashed).claim(2, kBob).run(2, kBob).run(1, kAnn).complete(2, kBob);
  expect_broken(Rule::unexplained_run, story.row(completed, 2, {.attempt = 1, .crashes = 1}));
}

TEST(checker_broken, end_without_its_beginning) {
  Story story = Story::simple();
  story.end(1, kBob);
  expect_broken(Rule::unexplained_run, story);
}

TEST(checker_broken, overlap_by_times) {
  Story story;  // Ann was thought dead, and was not
  story.push()
      .claim(1, kAnn)
      .begin(1, kAnn)
      .release(1, kAnn, R::crashed)
      .claim(2, kBob)
      .begin(2, kBob)
      .end(1, kAnn)
      .end(2, kBob)
      .complete(2, kBob);
  expect_broken(Rule::overlap, story.row(completed, 2, {.attempt = 1, .crashes = 1}));
  EXPECT_EQ(check(story.history).overlaps, 1);
}

TEST(checker_broken, overlap_by_a_later_sign_of_life) {
  Story story;  // Ann's run has no end, but her process wrote a line after Bob had begun
  story.push()
      .claim(1, kAnn)
      .begin(1, kAnn)
      .release(1, kAnn, R::lost_call)
      .claim(2, kBob)
      .run(2, kBob)
      .complete(2, kBob);
  story.row(completed, 2, {.attempt = 1});
  story.job = JobId::make();
  story.push().claim(1, kAnn).run(1, kAnn).complete(1, kAnn).row(completed, 1, {.attempt = 1});
  expect_broken(Rule::overlap, story);
}

TEST(checker_broken, overlap_seen_by_the_job_itself) {
  Story story;
  story.push().claim(1, kAnn).begin(1, kAnn).release(1, kAnn, R::crashed).claim(2, kBob).begin(2, kBob);
  story.history.runs->lines.back().alongside = static_cast<int>(kAnn);
  expect_broken(Rule::overlap, story.end(2, kBob).complete(2, kBob).row(completed, 2, {.attempt = 1, .crashes = 1}));
}

TEST(checker_broken, completed_and_never_ran) {
  expect_broken(Rule::never_ran, Story().push().claim(1, kAnn).complete(1, kAnn).row(completed, 1, {.attempt = 1}));
}

TEST(checker_broken, completed_although_the_run_was_cut_short) {
  expect_broken(Rule::never_ran,
                Story().push().claim(1, kAnn).begin(1, kAnn).complete(1, kAnn).row(completed, 1, {.attempt = 1}));
}

TEST(checker_broken, returned_although_it_ran) {
  Story story;
  story.push()
      .claim(1, kAnn)
      .begin(1, kAnn)
      .release(1, kAnn, R::returned)
      .claim(2, kBob)
      .run(2, kBob)
      .complete(2, kBob);
  expect_broken(Rule::untrue_reason, story.row(completed, 2, {.attempt = 1}));
}

TEST(checker_broken, error_although_it_returned) {
  Story story;
  story.push().claim(1, kAnn).run(1, kAnn).event(V::finish, running, retryable, R::error, 1, kAnn);
  story.claim(2, kBob, retryable).run(2, kBob, "returned", 2).complete(2, kBob).row(completed, 2, {.attempt = 2});
  expect_broken(Rule::untrue_reason, story);
}

TEST(checker_broken, interruption_counted_as_an_attempt) {
  Story story;
  story.push()
      .claim(1, kAnn)
      .begin(1, kAnn)
      .release(1, kAnn, R::interrupted)
      .claim(2, kBob)
      .run(2, kBob)
      .complete(2, kBob);
  expect_broken(Rule::counters, story.row(completed, 2, {.attempt = 2, .interruptions = 1}));
}

TEST(checker_broken, attempt_told_to_the_job) {
  expect_broken(
      Rule::counters,
      Story().push().claim(1, kAnn).run(1, kAnn, "returned", 2).complete(1, kAnn).row(completed, 1, {.attempt = 1}));
}

TEST(checker_broken, args_changed) {
  Story story = Story::simple();
  story.history.runs->lines.front().args_hash = 8;
  expect_broken(Rule::args_changed, story);
}

TEST(checker_broken, not_drained) {
  Story story;
  expect_broken(Rule::not_drained, story.push().claim(1, kAnn).begin(1, kAnn).row(running, 1, {}));
  story.history.drained = false;
  expect_kept(story);
}

TEST(checker_broken, torn_journal) {
  Story story = Story::simple();
  story.history.runs->torn.push_back("journal.7:3: 'run_beg'");
  expect_broken(Rule::torn_journal, story);
}

// ---- whatever is taken away from a good history or added twice, it is noticed

void expect_noticed(History const& history, std::string const& change) {
  EXPECT_FALSE(check(history).ok()) << "not noticed: " << change;
}

TEST(checker_any, missing_or_repeated_event) {
  History const good = Story::eventful().history;
  for (std::size_t i = 0; i < good.events.size(); ++i) {
    History history = good;
    history.events.erase(history.events.begin() + static_cast<std::ptrdiff_t>(i));
    expect_noticed(history, "event " + std::to_string(i) + " missing");
    history = good;
    history.events.insert(history.events.begin() + static_cast<std::ptrdiff_t>(i), good.events[i]);
    for (std::size_t k = 0; k < history.events.size(); ++k) history.events[k].seq = static_cast<std::int64_t>(k) + 1;
    expect_noticed(history, "event " + std::to_string(i) + " twice");
  }
}

TEST(checker_any, another_state_in_an_event) {
  History const good = Story::eventful().history;
  for (std::size_t i = 0; i < good.events.size(); ++i) {
    for (std::size_t state = 0; state < kStateCount; ++state) {
      History history = good;
      history.events[i].to = static_cast<State>(state);
      if (history.events[i].to != good.events[i].to)
        expect_noticed(history, "event " + std::to_string(i) + " leads elsewhere");
    }
  }
}

TEST(checker_any, another_claim_or_holder_in_an_event) {
  History const good = Story::eventful().history;
  for (std::size_t i = 1; i < good.events.size(); ++i) {
    History history = good;
    ++history.events[i].claim_no;
    expect_noticed(history, "event " + std::to_string(i) + " with another claim");
    history = good;
    history.events[i].holder ^= 0x10;
    expect_noticed(history, "event " + std::to_string(i) + " with another holder");
  }
}

TEST(checker_any, repeated_run_line_or_missing_row) {
  History const good = Story::eventful().history;
  for (std::size_t i = 0; i < good.runs->lines.size(); ++i) {
    History history = good;
    history.runs->lines.insert(history.runs->lines.begin() + static_cast<std::ptrdiff_t>(i), good.runs->lines[i]);
    expect_noticed(history, "run line " + std::to_string(i) + " twice");
  }
  History history = good;
  history.records.clear();
  expect_noticed(history, "row missing");
}

}  // namespace
}  // namespace kue::testing
