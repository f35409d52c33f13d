#include "kue/conformance/cases.hpp"

namespace kue::testing {
namespace {

void note(StoreTest& t, JobId id, int percent, std::string text, std::uint64_t holder = kHolder) {
  ProgressItem const item{.claim = t.claim_of(id, holder), .progress = {.percent = percent, .note = std::move(text)}};
  t.store->progress({.items = {&item, 1}});
}

void is_kept_with_the_job(StoreTest& t) {
  JobId const id = t.running_job();
  note(t, id, 40, "page 4 of 10 \xe6\x97\xa5");
  EXPECT_EQ(t.get(id).progress, (Progress{40, "page 4 of 10 \xe6\x97\xa5"}));
  EXPECT_EQ(t.all().at(0).progress, (Progress{40, "page 4 of 10 \xe6\x97\xa5"}));
}

void the_last_one_counts(StoreTest& t) {
  JobId const id = t.running_job();
  note(t, id, 10, "a");
  note(t, id, 5, "");
  EXPECT_EQ(t.get(id).progress, (Progress{5, ""}));
}

void of_the_wrong_holder_is_ignored(StoreTest& t) {
  JobId const id = t.running_job();
  note(t, id, 10, "mine");
  note(t, id, 99, "not mine", kOtherHolder);
  EXPECT_EQ(t.get(id).progress, (Progress{10, "mine"}));
}

void of_an_older_claim_of_the_same_holder_is_ignored(StoreTest& t) {
  JobId const id = t.running_job();
  ProgressItem const old{.claim = t.claim_of(id), .progress = {90, "of the first run"}};
  t.give_back(id);
  ASSERT_EQ(t.claim_ids(), std::vector{id});
  JobRecord const before = t.get(id);
  t.store->progress({.items = {&old, 1}});
  EXPECT_EQ(t.get(id), before);
  note(t, id, 10, "of the second");
  t.store->progress({.items = {&old, 1}});
  EXPECT_EQ(t.get(id).progress, (Progress{10, "of the second"}));
}

void with_any_field_of_the_claim_wrong_is_ignored(StoreTest& t) {
  JobId const id = t.running_job();
  JobRecord const before = t.get(id);
  ProgressItem const good{.claim = t.claim_of(id), .progress = {90, "mine"}};
  std::vector<ProgressItem> wrong(7, good);
  wrong[0].claim.holder ^= 1;
  wrong[1].claim.holder = 0;
  wrong[2].claim.claim_no += 1;
  wrong[3].claim.claim_no -= 1;
  wrong[4].claim.seq += 1000;
  wrong[5].claim.queue = "other";
  wrong[6].claim.lane += 7;
  t.store->progress({.items = wrong});
  EXPECT_EQ(t.get(id), before);
  t.store->progress({.items = {&good, 1}});
  EXPECT_EQ(t.get(id).progress, good.progress);
}

void of_a_later_pushed_job_of_that_id_is_ignored(StoreTest& t) {
  JobId const id = t.running_job();
  ProgressItem const old{.claim = t.claim_of(id), .progress = {90, "of the first job"}};
  Envelope const again = t.get(id).job;
  t.complete(id);
  ASSERT_EQ(t.remove(id), RemoveStatus::removed);
  t.push(again);
  ASSERT_EQ(t.claim_ids(), std::vector{id});
  t.store->progress({.items = {&old, 1}});
  EXPECT_EQ(t.get(id).progress, std::nullopt);
}

void of_a_job_that_does_not_run_is_ignored(StoreTest& t) {
  JobId const waiting = t.push(t.job());
  note(t, waiting, 50, "waits");
  note(t, JobId::make(), 50, "unknown");
  EXPECT_EQ(t.get(waiting).progress, std::nullopt);
  JobId const done = t.push(t.job("default", -1));
  ASSERT_EQ(t.claim_ids(), std::vector{done});
  t.complete(done);
  note(t, done, 50, "late");
  EXPECT_EQ(t.get(done).progress, std::nullopt);
}

void stays_after_the_end(StoreTest& t) {
  JobId const id = t.running_job();
  note(t, id, 100, "all");
  t.complete(id);
  EXPECT_EQ(t.get(id).progress, (Progress{100, "all"}));
}

void a_new_run_begins_at_nothing(StoreTest& t) {
  JobId const id = t.running_job();
  note(t, id, 90, "nearly");
  t.give_back(id);
  ASSERT_EQ(t.claim_ids(), std::vector{id});
  EXPECT_EQ(t.get(id).progress, std::nullopt);
}

void is_no_event_and_no_transition(StoreTest& t) {
  JobId const id = t.running_job();
  auto const before = t.events().size();
  note(t, id, 50, "half");
  EXPECT_EQ(t.events().size(), before);
  EXPECT_EQ(t.state(id), State::running);
}

void many_at_once(StoreTest& t) {
  auto const ids = t.push_many(100);
  t.claim(100);
  std::vector<ProgressItem> items;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    items.push_back(
        {.claim = t.claim_of(ids[i], i % 2 ? kHolder : kOtherHolder), .progress = {static_cast<int>(i), "n"}});
  }
  t.store->progress({.items = items});
  for (std::size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(t.get(ids[i]).progress, i % 2 ? std::optional(Progress{static_cast<int>(i), "n"}) : std::nullopt);
  }
}

}  // namespace

Cases progress_cases() {
  return {
      {"progress", "is_kept_with_the_job", is_kept_with_the_job},
      {"progress", "the_last_one_counts", the_last_one_counts},
      {"progress", "of_the_wrong_holder_is_ignored", of_the_wrong_holder_is_ignored},
      {"progress", "of_an_older_claim_of_the_same_holder_is_ignored", of_an_older_claim_of_the_same_holder_is_ignored},
      {"progress", "with_any_field_of_the_claim_wrong_is_ignored", with_any_field_of_the_claim_wrong_is_ignored},
      {"progress", "of_a_later_pushed_job_of_that_id_is_ignored", of_a_later_pushed_job_of_that_id_is_ignored},
      {"progress", "of_a_job_that_does_not_run_is_ignored", of_a_job_that_does_not_run_is_ignored},
      {"progress", "stays_after_the_end", stays_after_the_end},
      {"progress", "a_new_run_begins_at_nothing", a_new_run_begins_at_nothing},
      {"progress", "is_no_event_and_no_transition", is_no_event_and_no_transition},
      {"progress", "many_at_once", many_at_once}};
}

}  // namespace kue::testing
