// check, capabilities, description.

#include "kue/conformance/cases.hpp"

namespace kue::testing {

using namespace std::chrono_literals;

namespace {

void an_empty_store_is_sound(StoreTest& t) {
  auto const report = t.store->check();
  EXPECT_TRUE(report.ok());
  EXPECT_FALSE(report.facts.empty());
}

void a_store_with_every_state_is_sound(StoreTest& t) {
  for (State const state : {State::scheduled, State::available, State::running, State::retryable, State::completed,
                            State::discarded, State::cancelled}) {
    t.in_state(state, t.job());
  }
  t.store->pause({.queue = "default"});
  t.clock.advance(1h);
  EXPECT_TRUE(t.store->check().ok());
}

void changes_nothing(StoreTest& t) {
  t.push_many(3);
  t.claim();
  auto const jobs = t.all();
  auto const events = t.events().size();
  t.store->check();
  EXPECT_EQ(t.all(), jobs);
  EXPECT_EQ(t.events().size(), events);
}

void capabilities_tell_whether_events_are_kept(StoreTest& t) {
  EXPECT_TRUE(t.store->capabilities().events);
  auto const without = t.open({.clock = &t.clock});
  EXPECT_FALSE(without->capabilities().events);
  EXPECT_EQ(without->capabilities().across_processes, t.store->capabilities().across_processes);
}

void description_names_the_store(StoreTest& t) { EXPECT_NE(t.store->description(), ""); }

}  // namespace

Cases check_cases() {
  return {{"check", "an_empty_store_is_sound", an_empty_store_is_sound},
          {"check", "a_store_with_every_state_is_sound", a_store_with_every_state_is_sound},
          {"check", "changes_nothing", changes_nothing},
          {"capabilities", "tell_whether_events_are_kept", capabilities_tell_whether_events_are_kept},
          {"description", "names_the_store", description_names_the_store}};
}

}  // namespace kue::testing
