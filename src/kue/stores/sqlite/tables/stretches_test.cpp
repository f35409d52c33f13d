// Stretches in the tables ready, held and ended: every job is found, once, and nothing is kept of those that are gone.

#include "kue/stores/sqlite/tables/stretches.hpp"

#include "kue/stores/sqlite/tables/schema.hpp"

#include "kue/stores/sqlite/verbs/fixtures_test.hpp"

#include <kue/testing/fake_clock.hpp>

#include <gmock/gmock.h>
#include <migration_texts.hpp>

#include <set>
#include <tuple>

namespace kue::sqlite::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using Row = std::tuple<int, std::int64_t, std::int64_t>;

std::vector<Row> rows_of(StretchesOf<int> const& stretches) {
  std::vector<Row> rows;
  stretches.each([&](int key, Stretch const& stretch) { rows.emplace_back(key, stretch.first, stretch.last); });
  return rows;
}

TEST(Stretches, gather_numbers_that_nearly_follow_each_other) {
  StretchesOf<int> stretches;
  for (std::int64_t const seq : {1, 2, 3, 3 + static_cast<int>(kMostSkipped), 100, 99, 101}) stretches.add(0, seq);
  EXPECT_THAT(rows_of(stretches), ElementsAre(Row(0, 1, 3 + kMostSkipped), Row(0, 100, 100), Row(0, 99, 101)))
      << "and begin again when one comes late";
}

TEST(Stretches, keep_keys_apart) {
  StretchesOf<int> stretches;
  for (int seq = 1; seq <= 10; ++seq) stretches.add(seq % 2, seq);
  EXPECT_THAT(rows_of(stretches), ElementsAre(Row(0, 2, 10), Row(1, 1, 9)));
}

// A store, and a stranger's look at its tables.
class StretchTables : public ::testing::Test {
 protected:
  std::string rows(std::string const& table) { return Stranger(path_).word("SELECT count(*) FROM " + table); }
  std::vector<Envelope> push(int count, std::string const& queue = "default", int priority = 0) {
    auto pushed = jobs(count, queue);
    for (Envelope& each : pushed) each.priority = priority;
    store_->push({.jobs = pushed});
    return pushed;
  }
  void give_back(std::vector<Claimed> const& claimed) {
    std::vector<Finish> items;
    for (Claimed const& each : claimed) {
      Finish item = done(each);
      item.transition = {.to = State::available, .reason = Reason::returned, .tally = each.tally};
      items.push_back(item);
    }
    store_->release({.items = items});
  }
  void cancel(std::vector<JobId> const& ids) { store_->cancel({.ids = ids}); }
  std::vector<JobId> ids_of(std::vector<Envelope> const& pushed) {
    std::vector<JobId> all;
    for (Envelope const& each : pushed) all.push_back(each.id);
    return all;
  }
  std::vector<JobId> ids(std::vector<Claimed> const& claimed) {
    std::vector<JobId> all;
    for (Claimed const& each : claimed) all.push_back(each.job.id);
    return all;
  }
  std::vector<std::string> problems() { return store_->check().problems; }

  Folder folder_;
  std::string path_ = folder_ / "q.db";
  std::shared_ptr<Store> store_ = open(path_);
};

TEST_F(StretchTables, pushes_one_by_one_are_one_stretch_a_queue) {
  for (int i = 0; i < 50; ++i) {
    push(1, "a");
    push(1, "b");
  }
  EXPECT_EQ(rows("kue_ready"), "0") << "the newest stretch stands with the counters";
  EXPECT_EQ(rows("kue_queues WHERE tail_first <= tail_last"), "2");
  Hand hand(*store_);
  EXPECT_EQ(hand.drain(7), 100);
  EXPECT_EQ(rows("kue_ready") + rows("kue_held"), "00");
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(StretchTables, what_is_given_back_comes_first_again_and_once) {
  auto const pushed = push(100);
  Hand hand(*store_);
  auto const first = hand.claim(40);
  give_back({first.begin() + 10, first.end()});
  EXPECT_THAT(problems(), IsEmpty());
  auto const again = hand.claim(100);
  ASSERT_EQ(again.size(), 90u);
  for (std::size_t i = 0; i < again.size(); ++i) EXPECT_EQ(again[i].job.id, pushed[i + 10].id) << i;
  EXPECT_EQ(store_->running({.node = hand.node}).size(), 100u) << "each once, though it was claimed twice";
  hand.finish(again);
  hand.finish({first.begin(), first.begin() + 10});
  EXPECT_EQ(rows("kue_ready") + rows("kue_held"), "00");
}

TEST_F(StretchTables, a_returned_job_inside_a_stretch_makes_no_second_one) {
  push(3);
  Hand hand(*store_);
  auto const claimed = hand.claim(3);
  give_back({claimed[0]});
  give_back({claimed[2]});  // the first one's stretch reaches over the second
  give_back({claimed[1]});
  EXPECT_EQ(rows("kue_ready"), "1");
  EXPECT_EQ(ids(hand.claim(10)), ids(claimed));
}

TEST_F(StretchTables, priorities_have_their_own) {
  auto const late = push(5, "default", 9), soon_ones = push(5, "default", -1);
  Hand hand(*store_);
  EXPECT_EQ(hand.claim(2).at(0).job.id, soon_ones[0].id);
  auto const rest = hand.claim(4);
  EXPECT_EQ(rest.at(2).job.id, soon_ones[4].id);
  EXPECT_EQ(rest.at(3).job.id, late[0].id);
  EXPECT_EQ(rows("kue_ready"), "1");
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(StretchTables, all_queues_are_one_order_however_unequal_they_are) {
  std::vector<JobId> pushed;
  auto const note = [&](std::vector<Envelope> const& some) {
    for (Envelope const& each : some) pushed.push_back(each.id);
  };
  note(push(200, "a"));  // more than its share of a claim
  for (int i = 0; i < 40; ++i) {
    note(push(1, "b"));
    note(push(2, "c"));
  }
  note(push(100, "b"));
  Hand hand(*store_);
  std::vector<JobId> claimed;
  for (int const max : {50, 1, 300, 7, 300}) {
    auto const some = ids(hand.claim(max));
    claimed.insert(claimed.end(), some.begin(), some.end());
  }
  EXPECT_EQ(claimed, pushed);
  EXPECT_EQ(rows("kue_ready"), "0");
}

TEST_F(StretchTables, an_emptied_one_is_forgotten_by_a_claim_or_a_prune) {
  auto const pushed = push(3);
  cancel({pushed[2].id});
  Hand hand(*store_);
  EXPECT_EQ(hand.claim(10).size(), 2u);
  EXPECT_EQ(rows("kue_ready"), "0") << "the claim has seen the end of the queue";
  auto const more = push(2);
  cancel({more[0].id, more[1].id});
  push(1, "default", 5);  // of another lane: the tail is folded
  EXPECT_EQ(rows("kue_ready"), "1");
  store_->prune({});
  EXPECT_EQ(rows("kue_ready"), "0");
}

// Else each claim would walk along what the many were, with the write lock held.
TEST_F(StretchTables, emptied_ones_are_forgotten_by_a_claim_that_ends_inside_a_later_one) {
  auto const many = push(100);
  push(40, "other");  // so that the next one is not near
  push(20);
  cancel(ids_of(many));
  Hand hand(*store_);
  EXPECT_EQ(hand.claim(5, {"default"}).size(), 5u);
  EXPECT_EQ(rows("kue_ready WHERE queue = 'default'"), "1");
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(StretchTables, emptied_ones_are_forgotten_by_a_claim_of_all_queues) {
  auto const gone = push(100, "a");
  push(5, "b");
  cancel(ids_of(gone));
  Hand hand(*store_);
  EXPECT_EQ(hand.claim(2).size(), 2u);
  EXPECT_EQ(rows("kue_ready"), "1") << "of b";
}

TEST_F(StretchTables, jobs_that_become_due_are_gathered) {
  kue::testing::FakeClock clock;
  store_ = open(path_, {.clock = &clock});
  push(2);
  auto later = jobs(50);
  for (Envelope& each : later) each.run_at = clock.now() + std::chrono::seconds(5);
  std::ranges::reverse(later);
  store_->push({.jobs = later});
  push(1);
  Hand hand(*store_);
  EXPECT_EQ(hand.claim(1).size(), 1u);
  clock.advance(std::chrono::seconds(6));
  EXPECT_EQ(hand.claim(1).size(), 1u);
  EXPECT_LE(std::stoi(rows("kue_ready")), 2);
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_EQ(hand.claim(100).size(), 51u);
  store_.reset();  // before its clock
}

TEST_F(StretchTables, what_leaves_the_finished_ones_takes_its_stretch_along) {
  auto const pushed = push(100);
  cancel(ids_of(pushed));
  EXPECT_EQ(rows("kue_ended"), "1") << "one call, one stretch";
  std::vector<JobId> const all = ids_of(pushed);
  store_->remove({.ids = std::span(all).first(60)});
  EXPECT_EQ(rows("kue_ended"), "1");
  store_->remove({.ids = std::span(all).subspan(60, 20)});
  store_->retry({.ids = std::span(all).subspan(80)});
  EXPECT_EQ(rows("kue_ended") + rows("kue_finished"), "00");
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(StretchTables, a_prune_takes_the_ended_ones) {
  push(1000);
  Hand hand(*store_);
  hand.drain(100);
  EXPECT_LE(std::stoi(rows("kue_ended")), 10);
  PruneRequest prune;
  prune.retention.usual.completed_count = 900;
  EXPECT_EQ(store_->prune(prune).pruned, 100);
  EXPECT_THAT(problems(), IsEmpty());
  prune.retention.usual.completed_count = 0;
  EXPECT_EQ(store_->prune(prune).pruned, 900);
  EXPECT_EQ(rows("kue_ended") + rows("kue_finished"), "00");
}

TEST_F(StretchTables, a_dry_run_counts_stretches_of_one_moment_once) {
  push(4);
  Hand one(*store_), other(*store_);
  auto const first = one.claim(2);
  other.finish(other.claim(2));
  one.finish(first);
  // As if both had ended in the same millisecond and one had skipped the other's.
  Stranger(path_).run("UPDATE kue_finished SET finished_at = 1; DELETE FROM kue_ended; INSERT INTO kue_ended VALUES "
                      "('default', 0, 1, 1, 4), ('default', 0, 1, 3, 4)");
  PruneRequest prune;
  prune.dry_run = true;
  EXPECT_EQ(store_->prune(prune).pruned, 4);
  prune.dry_run = false;
  EXPECT_EQ(store_->prune(prune).pruned, 4);
  EXPECT_EQ(rows("kue_ended"), "0");
}

TEST_F(StretchTables, a_job_that_comes_back_stands_before_the_tail_and_is_found_once) {
  auto const first = push(2);
  push(1, "other");
  Envelope later = jobs(1).front();
  later.run_at = TimePoint(Millis(1));  // due at once, but by another way than the others
  store_->push({.jobs = {&later, 1}});
  auto const more = push(3);
  cancel({more[1].id});
  store_->retry({.ids = std::span(&more[1].id, 1)});
  EXPECT_THAT(problems(), IsEmpty());
  push(2);
  Hand hand(*store_);
  give_back(hand.claim(3, {"default"}));
  push(1);
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_EQ(hand.claim(100, {"default"}).size(), 9u);
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(StretchTables, a_check_finds_a_stretch_behind_the_beginning_of_the_tail) {
  push(4);
  Stranger(path_).run("INSERT INTO kue_ready VALUES ('default', 0, 0, 2, 3)");
  EXPECT_THAT(problems(),
              ElementsAre(HasSubstr("queue default has a stretch for job number 3 behind the beginning of its tail")));
  Stranger(path_).run("DELETE FROM kue_ready; UPDATE kue_queues SET tail_last = 3");
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("(number 4) is claimable and no stretch")));
}

// The number is the fence: a claim of a job that is gone must not fit to another.
TEST_F(StretchTables, the_number_of_a_job_that_is_gone_is_not_given_again) {
  auto const pushed = push(3);
  store_->remove({.ids = std::span(&pushed[2].id, 1)});
  push(1);
  EXPECT_EQ(Stranger(path_).word("SELECT max(seq) FROM kue_jobs"), "4");
  cancel({pushed[0].id, pushed[1].id});
  store_->prune({.retention = {.usual = {.completed = Millis(0)}}});
  Hand hand(*store_);
  hand.finish(hand.claim(1));
  store_->prune({.retention = {.usual = {.completed = Millis(0), .completed_count = 0}}});
  push(1);
  EXPECT_EQ(Stranger(path_).word("SELECT max(seq) FROM kue_jobs"), "5");
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(StretchTables, a_check_finds_what_they_leave_out) {
  auto const pushed = push(4);
  Hand hand(*store_);
  hand.finish(hand.claim(1));
  hand.claim(1);
  ASSERT_THAT(problems(), IsEmpty());
  Stranger(path_).run("UPDATE kue_ready SET last_seq = 3; DELETE FROM kue_held; DELETE FROM kue_ended");
  EXPECT_THAT(problems(), UnorderedElementsAre(HasSubstr("(number 4) is claimable and no stretch"),
                                               HasSubstr("job number 2 runs and no stretch"),
                                               HasSubstr("(number 1) is finished and no stretch")));
  // As its sentences advise.
  cancel({pushed[3].id});
  store_->retry({.ids = std::span(&pushed[3].id, 1)});
  store_->remove({.ids = std::span(&pushed[0].id, 1)});
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("job number 2 runs and no stretch")));
  Stranger(path_).run("UPDATE kue_ready SET last_seq = 3; INSERT INTO kue_ready VALUES ('default', 0, 0, 2, 4)");
  EXPECT_THAT(problems(), ::testing::Contains(HasSubstr("queue default has two stretches for job number 3")));
}

// A file as schema 3 left it, with jobs in every place. Its tables never change any more: this is that schema's own
// SQL.
std::string rows_of_schema_3(std::uint64_t node, std::uint64_t holder) {
  std::string sql;
  auto push = [&, seq = 0](int count, char const* queue, int priority, char const* id) mutable {
    for (int i = 0; i < count; ++i) {
      sql += fmt::format(
          "INSERT INTO jobs VALUES ({0}, x'{3}{0:030}', 'Noop', '{1}', '{{}}', 1, NULL, {2}, 25, 0, NULL, NULL, 1000);"
          "INSERT INTO live (seq, state, place, queue, priority, run_at, max_attempts) VALUES ({0}, 2, 2, '{1}', {2}, "
          "1000, 25);",
          ++seq, queue, priority, id);
    }
  };
  push(30, "default", 0, "01");
  push(5, "other", 3, "01");
  push(1, "default", 0, "01");
  sql += "UPDATE live SET state = 0, place = 1, run_at = 4000000000000 WHERE seq = 36;";
  std::string const as_final = "seq, {}, queue, run_at, 0, 25, 0, 0, 0, NULL, {}, {}, {}, NULL, NULL, NULL, NULL, "
                               "NULL, 2000 FROM live WHERE seq ";
  auto const signed_of = [](std::uint64_t bits) { return static_cast<std::int64_t>(bits); };
  sql += "INSERT INTO finished SELECT " +
         fmt::format(fmt::runtime(as_final), 5, 1, signed_of(holder), signed_of(node)) + "BETWEEN 1 AND 10;";
  sql += "INSERT INTO finished SELECT " + fmt::format(fmt::runtime(as_final), 7, 0, 0, 0) +
         "= 21; DELETE FROM live WHERE seq <= 10 OR seq = 21;";
  sql += fmt::format("UPDATE live SET state = 3, place = 3, claim_no = 1, holder = {}, node = {}, claimed_at = 1500 "
                     "WHERE seq BETWEEN 11 AND 15;",
                     signed_of(holder), signed_of(node));
  sql += fmt::format("INSERT INTO nodes VALUES ({}, 'old', 7, 1, 1500, 0);", signed_of(node));
  sql += "INSERT INTO queues (name, pushed, scheduled, available, running, completed, cancelled) VALUES ('default', "
         "31, 1, 14, 5, 10, 1), ('other', 5, 0, 5, "
         "0, 0, 0);";
  sql += "UPDATE store SET value = 36 WHERE name = 'last_seq';";
  return sql + fmt::format("PRAGMA application_id = {}; PRAGMA user_version = 3", kApplicationId);
}

TEST_F(StretchTables, are_made_of_an_older_file_whose_programs_cannot_push_any_more) {
  std::uint64_t const node = random_bits(), holder = random_bits();
  auto const path = folder_ / "older.db";
  Stranger older(path);
  older.run("PRAGMA journal_mode = wal");
  for (unsigned i = 0; i < 3; ++i) older.run(std::string(text(static_cast<Migration>(i))));
  older.run(rows_of_schema_3(node, holder));
  store_ = open(path);
  EXPECT_THAT(problems(), IsEmpty());
  EXPECT_THROW(older.run("INSERT INTO live (seq, state, place, queue, priority, run_at, max_attempts) VALUES (99, 2, "
                         "2, 'default', 0, 0, 1)"),
               std::runtime_error)
      << "as they did";
  EXPECT_EQ(store_->running({.node = node}).size(), 5u);
  Hand next(*store_);
  auto const claimed = next.claim(100, {"default"});
  EXPECT_EQ(claimed.size(), 14u) << "30, less 10 completed, 5 held, 1 cancelled";
  EXPECT_EQ(claimed.at(0).claim.seq, 16);
  EXPECT_EQ(next.claim(100, {"other"}).size(), 5u);
  EXPECT_EQ(push(1).size(), 1u);
  EXPECT_EQ(next.claim(1).at(0).claim.seq, 37) << "no number twice";
  PruneRequest prune;
  prune.retention.usual.completed_count = 0;
  EXPECT_EQ(store_->prune(prune).pruned, 11);
  EXPECT_THAT(problems(), IsEmpty());
}

}  // namespace
}  // namespace kue::sqlite::test
