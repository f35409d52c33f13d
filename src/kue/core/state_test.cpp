#include <kue/state.hpp>

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace kue {
namespace {

using enum State;
using R = Reason;
using V = Verb;
using MaybeState = std::optional<State>;

constexpr std::size_t kVerbCount = static_cast<std::size_t>(Verb::remove) + 1;
constexpr std::size_t kReasonCount = static_cast<std::size_t>(Reason::removed) + 1;

std::vector<MaybeState> states_and_none() {
  std::vector<MaybeState> all{std::nullopt};
  for (std::size_t i = 0; i < kStateCount; ++i) all.push_back(static_cast<State>(i));
  return all;
}

template <class Enum> std::set<Enum> all_of(std::size_t count) {
  std::set<Enum> all;
  for (std::size_t i = 0; i < count; ++i) all.insert(static_cast<Enum>(i));
  return all;
}

template <class Enum, class Parse> void expect_names(std::size_t count, Parse parse) {
  std::set<std::string> names;
  for (Enum const value : all_of<Enum>(count)) {
    std::string const name(to_string(value));
    EXPECT_EQ(parse(name), value) << name;
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string::npos) << name;
    names.insert(name);
  }
  EXPECT_EQ(names.size(), count) << "two have one name";
  for (char const* wrong : {"", "unknown", "Completed", "completed ", "finish\n", "0"})
    EXPECT_EQ(parse(wrong), std::nullopt) << wrong;
}

TEST(State, has_a_name_for_every_value) { expect_names<State>(kStateCount, parse_state); }
TEST(State, verbs_have_names) { expect_names<Verb>(kVerbCount, parse_verb); }
TEST(State, reasons_have_names) { expect_names<Reason>(kReasonCount, parse_reason); }

TEST(State, names_are_the_words_of_the_field) {
  char const* const words[] = {"scheduled", "blocked",   "available", "running",
                               "retryable", "completed", "discarded", "cancelled"};
  for (std::size_t i = 0; i < kStateCount; ++i) EXPECT_EQ(to_string(static_cast<State>(i)), words[i]);
}

// The numbers stand in the files of stores, beside programs of other versions: a new one is added at the end, and none
// is used again.
// Spelled out, so that whoever moves one meets it here.
template <class Enum> void expect_numbers(std::vector<std::pair<int, std::string>> const& numbers, std::size_t count) {
  ASSERT_EQ(numbers.size(), count);
  for (auto const& [number, name] : numbers) EXPECT_EQ(to_string(static_cast<Enum>(number)), name) << number;
  EXPECT_EQ(to_string(static_cast<Enum>(count)), "unknown")
      << "a new value: count it here, and add it at the end of this list";
}

TEST(State, numbers_are_append_only) {
  expect_numbers<State>({{0, "scheduled"},
                         {1, "blocked"},
                         {2, "available"},
                         {3, "running"},
                         {4, "retryable"},
                         {5, "completed"},
                         {6, "discarded"},
                         {7, "cancelled"}},
                        kStateCount);
  static_assert(static_cast<int>(State::scheduled) == 0 && static_cast<int>(State::blocked) == 1 &&
                static_cast<int>(State::available) == 2 && static_cast<int>(State::running) == 3 &&
                static_cast<int>(State::retryable) == 4 && static_cast<int>(State::completed) == 5 &&
                static_cast<int>(State::discarded) == 6 && static_cast<int>(State::cancelled) == 7);
}

TEST(State, numbers_of_verbs_are_append_only) {
  expect_numbers<Verb>({{0, "push"},
                        {1, "claim"},
                        {2, "finish"},
                        {3, "release"},
                        {4, "cancel"},
                        {5, "retry"},
                        {6, "prune"},
                        {7, "remove"}},
                       kVerbCount);
  static_assert(static_cast<int>(V::push) == 0 && static_cast<int>(V::claim) == 1 && static_cast<int>(V::finish) == 2 &&
                static_cast<int>(V::release) == 3 && static_cast<int>(V::cancel) == 4 &&
                static_cast<int>(V::retry) == 5 && static_cast<int>(V::prune) == 6 && static_cast<int>(V::remove) == 7);
}

TEST(State, numbers_of_reasons_are_append_only) {
  expect_numbers<Reason>(
      {{0, "pushed"},        {1, "claimed"},   {2, "completed"},    {3, "error"},          {4, "timeout"},
       {5, "gave_up"},       {6, "exhausted"}, {7, "corrupt"},      {8, "snoozed"},        {9, "unknown_kind"},
       {10, "cancelled"},    {11, "returned"}, {12, "interrupted"}, {13, "crashed"},       {14, "oom"},
       {15, "hard_timeout"}, {16, "poison"},   {17, "lost_call"},   {18, "store_restart"}, {19, "node_lost"},
       {20, "retried"},      {21, "pruned"},   {22, "removed"}},
      kReasonCount);
  constexpr R kInOrder[] = {R::pushed,        R::claimed,   R::completed, R::error,        R::timeout,   R::gave_up,
                            R::exhausted,     R::corrupt,   R::snoozed,   R::unknown_kind, R::cancelled, R::returned,
                            R::interrupted,   R::crashed,   R::oom,       R::hard_timeout, R::poison,    R::lost_call,
                            R::store_restart, R::node_lost, R::retried,   R::pruned,       R::removed};
  for (std::size_t i = 0; i < std::size(kInOrder); ++i) EXPECT_EQ(static_cast<std::size_t>(kInOrder[i]), i);
}

TEST(State, out_of_range_values_have_a_text) {
  EXPECT_EQ(to_string(static_cast<State>(200)), "unknown");
  EXPECT_EQ(to_string(static_cast<Reason>(200)), "unknown");
}

TEST(State, is_waiting_running_or_final) {
  for (std::size_t i = 0; i < kStateCount; ++i) {
    State const state = static_cast<State>(i);
    EXPECT_EQ(int(is_waiting(state)) + int(is_final(state)) + int(state == running), 1) << to_string(state);
  }
  for (State const state : {completed, discarded, cancelled}) EXPECT_TRUE(is_final(state));
}

// The table of DESIGN 4, written down a second time.
std::vector<TransitionRule> design() {
  std::vector<TransitionRule> rules;
  for (State const to : {available, scheduled, blocked}) rules.push_back({V::push, std::nullopt, to, R::pushed});
  for (State const from : {available, scheduled, retryable}) rules.push_back({V::claim, from, running, R::claimed});

  rules.push_back({V::finish, running, completed, R::completed});
  for (R const reason : {R::error, R::timeout}) rules.push_back({V::finish, running, retryable, reason});
  for (R const reason : {R::exhausted, R::gave_up, R::corrupt, R::unknown_kind})
    rules.push_back({V::finish, running, discarded, reason});
  for (R const reason : {R::snoozed, R::unknown_kind}) rules.push_back({V::finish, running, scheduled, reason});
  rules.push_back({V::finish, running, cancelled, R::cancelled});

  for (R const reason : {R::returned, R::interrupted, R::crashed, R::oom, R::hard_timeout, R::lost_call,
                         R::store_restart, R::node_lost}) {
    rules.push_back({V::release, running, available, reason});
  }
  for (R const reason : {R::interrupted, R::hard_timeout, R::poison, R::node_lost})
    rules.push_back({V::release, running, discarded, reason});

  for (State const from : {available, scheduled, blocked, retryable})
    rules.push_back({V::cancel, from, cancelled, R::cancelled});
  for (State const from : {discarded, cancelled}) rules.push_back({V::retry, from, available, R::retried});
  for (State const from : {completed, discarded, cancelled}) rules.push_back({V::prune, from, std::nullopt, R::pruned});
  for (State const from : {scheduled, blocked, available, retryable, completed, discarded, cancelled}) {
    rules.push_back({V::remove, from, std::nullopt, R::removed});
  }
  rules.push_back({V::release, running, cancelled, R::cancelled});  // a job that was asked to be cancelled while it ran

  // Not in DESIGN: a row that cannot be read as a job is put aside by the claim that meets it.
  for (State const from : {available, scheduled, retryable}) rules.push_back({V::claim, from, discarded, R::corrupt});
  return rules;
}

TEST(TransitionTable, holds_the_rows_of_the_design) {
  for (TransitionRule const& rule : design()) {
    EXPECT_TRUE(allowed(rule.verb, rule.from, rule.to, rule.reason))
        << to_string(rule.verb) << " " << (rule.from ? to_string(*rule.from) : "none") << " " << to_string(rule.reason);
  }
}

TEST(TransitionTable, holds_nothing_else) {
  std::size_t permitted = 0;
  for (Verb const verb : all_of<Verb>(kVerbCount)) {
    for (MaybeState const from : states_and_none()) {
      for (MaybeState const to : states_and_none()) {
        for (Reason const reason : all_of<Reason>(kReasonCount)) permitted += allowed(verb, from, to, reason) ? 1 : 0;
      }
    }
  }
  EXPECT_EQ(permitted, design().size());
  EXPECT_EQ(transition_table().size(), design().size()) << "a row stands in the table twice";
}

TEST(TransitionTable, enters_running_by_claim_only) {
  for (TransitionRule const& rule : transition_table()) {
    bool const claim = rule.verb == V::claim && rule.reason == R::claimed;
    EXPECT_EQ(rule.to == running, claim);
  }
}

TEST(TransitionTable, leaves_running_by_the_holders_verbs_only) {
  for (TransitionRule const& rule : transition_table()) {
    EXPECT_EQ(rule.from == running, rule.verb == V::finish || rule.verb == V::release);
  }
}

TEST(TransitionTable, never_revives_a_completed_job) {
  for (TransitionRule const& rule : transition_table()) {
    EXPECT_TRUE(rule.from != completed || !rule.to);
  }
}

TEST(TransitionTable, loses_no_job) {
  for (TransitionRule const& rule : transition_table()) {
    if (rule.to || rule.verb == V::remove) continue;  // a person's word is the only way for a job that waits
    EXPECT_EQ(rule.verb, V::prune);
    EXPECT_TRUE(rule.from && is_final(*rule.from));
  }
}

TEST(TransitionTable, knows_a_way_into_and_out_of_every_state) {
  std::set<State> entered, left;
  for (TransitionRule const& rule : transition_table()) {
    if (rule.to) entered.insert(*rule.to);
    if (rule.from) left.insert(*rule.from);
  }
  EXPECT_EQ(entered, all_of<State>(kStateCount));
  EXPECT_EQ(left, all_of<State>(kStateCount));
}

TEST(TransitionTable, uses_every_reason_and_verb) {
  std::set<Reason> reasons;
  std::set<Verb> verbs;
  for (TransitionRule const& rule : transition_table()) {
    reasons.insert(rule.reason);
    verbs.insert(rule.verb);
  }
  EXPECT_EQ(reasons, all_of<Reason>(kReasonCount));
  EXPECT_EQ(verbs, all_of<Verb>(kVerbCount));
}

}  // namespace
}  // namespace kue
