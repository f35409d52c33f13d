// Transactions of the program's own: push_in, finish_in and kue::SqliteTransaction on a plain
// SQLite connection.

#include "kue/stores/sqlite/verbs/sqlite_store.hpp"

#include <kue/error.hpp>
#include <kue/sqlite.hpp>
#include <kue/store_queue.hpp>

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <thread>

namespace kue::sqlite {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

// The program's own connection, with every setting as SQLite gives it.
class Plain {
 public:
  explicit Plain(std::string const& path) { EXPECT_EQ(sqlite3_open(path.c_str(), &handle_), SQLITE_OK); }
  ~Plain() { sqlite3_close_v2(handle_); }
  Plain(Plain const&) = delete;
  Plain& operator=(Plain const&) = delete;
  operator sqlite3*() const { return handle_; }

  int run(std::string const& sql) { return sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr); }
  std::string word(std::string const& sql) {
    sqlite3_stmt* statement = nullptr;
    std::string result;
    if (sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) return sqlite3_errmsg(handle_);
    if (sqlite3_step(statement) == SQLITE_ROW && sqlite3_column_text(statement, 0) != nullptr)
      result = reinterpret_cast<char const*>(sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return result;
  }

 private:
  sqlite3* handle_ = nullptr;
};

Envelope a_job(std::string const& queue = "default") {
  Envelope job;
  job.id = JobId::make();
  job.kind = "SendReceipt";
  job.queue = queue;
  job.args = R"({"order":7})";
  return job;
}

template <class Call> std::optional<Error> error_in(Call&& call) {
  try {
    call();
  } catch (Error const& error) {
    return error;
  }
  return std::nullopt;
}

struct SqliteForeign : ::testing::Test {
  SqliteForeign() {
    std::string pattern = std::filesystem::temp_directory_path() / "kue-foreign-XXXXXX";
    folder = ::mkdtemp(pattern.data());
    file = folder + "/jobs.db";
    open();
  }
  ~SqliteForeign() override {
    queue.reset();
    store.reset();
    std::filesystem::remove_all(folder);
  }
  void open(StoreOptions const& options = {}) {
    queue.reset();
    store = guarded(sqlite::open(file, options), options);
    if (options.migrate) store->migrate();
    queue.emplace(store);
  }
  Claimed claim() {
    store->beat({.node = 1, .name = "test", .pid = ::getpid()});
    auto jobs = store->claim({.node = 1, .holder = 2}).jobs;
    EXPECT_EQ(jobs.size(), 1u);
    return jobs.at(0);
  }
  static Finish completed(Claimed const& claimed) {
    return {.claim = claimed.claim, .transition = {.tally = claimed.tally}, .result = "7"};
  }
  State state(JobId id) { return store->get(id).value().state; }

  std::string folder, file;
  std::shared_ptr<Store> store;
  std::optional<StoreQueue> queue;
};

TEST_F(SqliteForeign, a_job_and_a_row_are_there_together_after_the_commit_and_not_before) {
  Plain own(file);
  own.run("CREATE TABLE orders (id INTEGER PRIMARY KEY)");
  SqliteTransaction tx(own);
  EXPECT_EQ(own.run("INSERT INTO orders VALUES (7)"), SQLITE_OK);
  JobId const id = queue->push(tx, a_job()).id;
  EXPECT_FALSE(store->get(id)) << "others see nothing yet";
  tx.commit();
  EXPECT_EQ(state(id), State::available);
  EXPECT_EQ(Plain(file).word("SELECT count(*) FROM orders"), "1");
  EXPECT_EQ(store->counts().at(0).of(State::available), 1);
  EXPECT_TRUE(store->check().problems.empty());
}

TEST_F(SqliteForeign, nothing_is_left_of_a_transaction_that_is_destroyed_or_thrown_through) {
  Plain own(file);
  own.run("CREATE TABLE orders (id INTEGER PRIMARY KEY)");
  JobId id;
  try {
    SqliteTransaction tx(own);
    own.run("INSERT INTO orders VALUES (7)");
    id = queue->push(tx, a_job()).id;
    throw 1;
  } catch (int) {}
  EXPECT_FALSE(store->get(id));
  EXPECT_EQ(own.word("SELECT count(*) FROM orders"), "0");
  queue->push(a_job());  // and the lock is free, and the thread no longer refused
  EXPECT_TRUE(store->check().problems.empty());
}

TEST_F(SqliteForeign, a_claim_is_ended_with_the_rows_of_the_job) {
  queue->push(a_job());
  Claimed const claimed = claim();
  Plain own(file);
  Finish const finish = completed(claimed);
  {
    SqliteTransaction tx(own);
    EXPECT_EQ(store->finish_in(tx, {.items = {&finish, 1}}).statuses.at(0), FinishStatus::applied);
    EXPECT_EQ(store->finish_in(tx, {.items = {&finish, 1}}).statuses.at(0), FinishStatus::already);
    EXPECT_FALSE(queue->was_ended_by(claimed.claim));
  }
  EXPECT_EQ(state(claimed.job.id), State::running) << "rolled back";
  {
    SqliteTransaction tx(own);
    EXPECT_EQ(store->finish_in(tx, {.items = {&finish, 1}}).statuses.at(0), FinishStatus::applied);
    tx.commit();
  }
  EXPECT_EQ(state(claimed.job.id), State::completed);
  EXPECT_EQ(store->get(claimed.job.id)->result, "7");
  EXPECT_TRUE(queue->was_ended_by(claimed.claim));
  EXPECT_TRUE(store->check().problems.empty());
}

TEST_F(SqliteForeign, a_claim_that_is_no_longer_the_present_one_is_stale_and_writes_nothing) {
  queue->push(a_job());
  Claimed const claimed = claim();
  Finish back{.claim = claimed.claim,
              .transition = {.to = State::available, .reason = Reason::returned, .tally = claimed.tally}};
  store->release({.items = {&back, 1}});
  Claimed const again = claim();
  Plain own(file);
  SqliteTransaction tx(own);
  Finish const finish = completed(claimed);
  EXPECT_EQ(store->finish_in(tx, {.items = {&finish, 1}}).statuses.at(0), FinishStatus::stale);
  tx.commit();
  EXPECT_EQ(state(again.job.id), State::running);
}

TEST_F(SqliteForeign, a_finish_after_a_cancel_was_asked_completes) {
  JobId const id = queue->push(a_job()).id;
  Claimed const claimed = claim();
  store->cancel({.ids = {&id, 1}});
  Plain own(file);
  SqliteTransaction tx(own);
  Finish const finish = completed(claimed);
  EXPECT_EQ(store->finish_in(tx, {.items = {&finish, 1}}).statuses.at(0), FinishStatus::applied);
  tx.commit();
  EXPECT_EQ(state(id), State::completed);
}

TEST_F(SqliteForeign, a_plain_write_of_the_same_thread_is_refused_at_once_and_looks_are_not) {
  JobId const before = queue->push(a_job()).id;
  Plain own(file);
  SqliteTransaction tx(own);
  auto const begin = steady_clock::now();
  for (auto const& call :
       std::vector<std::function<void()>>{[&] { queue->push(a_job()); }, [&] { store->pause({.queue = "default"}); },
                                          [&] { claim(); }, [&] { store->migrate(); }}) {
    auto const error = error_in(call);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind(), ErrorKind::refused);
    EXPECT_NE(std::string(error->what()).find("would wait for itself"), std::string::npos) << error->what();
  }
  EXPECT_LT(steady_clock::now() - begin, 1s);
  EXPECT_TRUE(store->get(before));
  EXPECT_EQ(store->counts().size(), 1u);
  auto elsewhere =
      std::async(std::launch::async, [&] { return queue->push(a_job()).id; });  // another thread waits for the commit
  EXPECT_EQ(elsewhere.wait_for(50ms), std::future_status::timeout);
  tx.commit();
  EXPECT_TRUE(store->get(elsewhere.get()));
  queue->push(a_job());
}

TEST_F(SqliteForeign, a_plain_write_is_refused_at_once_when_the_store_is_attached_to_the_connection) {
  Plain own(folder + "/shop.db");
  own.run("CREATE TABLE orders (id INTEGER PRIMARY KEY); ATTACH '" + file + "' AS jobs");
  SqliteTransaction tx(own);
  auto const begin = steady_clock::now();
  auto const error = error_in([&] { queue->push(a_job()); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::refused);
  EXPECT_LT(steady_clock::now() - begin, 1s);
}

TEST_F(SqliteForeign, a_push_to_another_file_goes_on) {
  auto const other = guarded(sqlite::open(folder + "/other.db", {}), {});
  other->migrate();
  Plain own(file);
  SqliteTransaction tx(own);
  Envelope const job = a_job();
  EXPECT_EQ(other->push({.jobs = {&job, 1}}).statuses.at(0), PushStatus::pushed);
  EXPECT_EQ(error_in([&] { other->push_in(tx, {.jobs = {&job, 1}}); })->kind(), ErrorKind::refused);
}

TEST_F(SqliteForeign, a_commit_by_hand_counts_and_a_worker_wakes_by_itself) {
  auto waiting = std::async(std::launch::async, [&] {
    store->wait({.until = std::chrono::time_point_cast<Millis>(steady_clock::now()) + 8s});
    return store->counts().empty() ? 0 : store->counts().at(0).of(State::available);
  });
  std::this_thread::sleep_for(100ms);
  Plain own(file);
  SqliteTransaction tx(own);
  queue->push(tx, a_job());
  EXPECT_EQ(own.run("COMMIT"), SQLITE_OK);
  auto const begin = steady_clock::now();
  EXPECT_EQ(waiting.get(), 1);
  EXPECT_LT(steady_clock::now() - begin, 3s);
  queue->push(a_job());  // the thread is free, though the object is there yet
  auto const error = error_in([&] { tx.commit(); });
  ASSERT_TRUE(error);
  EXPECT_TRUE(error->outcome_unknown());
  EXPECT_EQ(error_in([&] { tx.commit(); })->kind(), ErrorKind::refused);
}

TEST_F(SqliteForeign, a_transaction_that_was_begun_by_hand_after_a_commit_by_hand_is_left_alone) {
  Plain own(file);
  own.run("CREATE TABLE orders (id INTEGER PRIMARY KEY)");
  {
    SqliteTransaction tx(own);
    queue->push(tx, a_job());
    EXPECT_EQ(own.run("COMMIT; BEGIN IMMEDIATE; INSERT INTO orders VALUES (7)"), SQLITE_OK);
    auto const error = error_in([&] { tx.commit(); });
    ASSERT_TRUE(error);
    EXPECT_TRUE(error->outcome_unknown());
  }
  EXPECT_EQ(own.run("COMMIT"), SQLITE_OK) << "neither commit() nor the destructor has ended it";
  {
    SqliteTransaction tx(own);
    EXPECT_EQ(own.run("COMMIT; BEGIN IMMEDIATE; INSERT INTO orders VALUES (8)"), SQLITE_OK);
  }
  EXPECT_EQ(own.run("COMMIT"), SQLITE_OK);
  EXPECT_EQ(Plain(file).word("SELECT count(*) FROM orders"), "2");
}

TEST_F(SqliteForeign, the_destructor_of_one_that_ended_by_hand_leaves_the_next_object_of_the_connection_alone) {
  Plain own(file);
  auto tx = std::make_unique<SqliteTransaction>(own);
  own.run("ROLLBACK");
  tx = std::make_unique<SqliteTransaction>(own);  // the new one is made before the old one goes
  JobId const id = queue->push(*tx, a_job()).id;
  tx->commit();
  EXPECT_EQ(state(id), State::available);
}

TEST_F(SqliteForeign, savepoints_of_the_program_stand_inside_it) {
  Plain own(file);
  own.run("CREATE TABLE orders (id INTEGER PRIMARY KEY)");
  SqliteTransaction tx(own);
  own.run("SAVEPOINT a; INSERT INTO orders VALUES (7); SAVEPOINT b");
  JobId const gone = queue->push(tx, a_job()).id;
  EXPECT_EQ(own.run("ROLLBACK TO b"), SQLITE_OK);
  JobId const kept = queue->push(tx, a_job()).id;
  tx.commit();  // with both still open
  EXPECT_FALSE(store->get(gone));
  EXPECT_EQ(state(kept), State::available);
  EXPECT_EQ(Plain(file).word("SELECT count(*) FROM orders"), "1");
  EXPECT_TRUE(store->check().problems.empty());
}

TEST_F(SqliteForeign, a_commit_wakes_a_worker_at_once) {
  auto waiting = std::async(std::launch::async, [&] {
    store->wait({.until = std::chrono::time_point_cast<Millis>(steady_clock::now()) + 8s});
  });
  std::this_thread::sleep_for(100ms);
  Plain own(file);
  SqliteTransaction tx(own);
  queue->push(tx, a_job());
  tx.commit();
  EXPECT_EQ(waiting.wait_for(700ms), std::future_status::ready);
}

TEST_F(SqliteForeign, what_cannot_be_joined_is_refused_in_a_sentence) {
  Plain memory(":memory:"), elsewhere(folder + "/own.db"), own(file);
  for (sqlite3* const handle : {static_cast<sqlite3*>(memory), static_cast<sqlite3*>(elsewhere)}) {
    SqliteTransaction tx(handle);
    auto const error = error_in([&] { queue->push(tx, a_job()); });
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind(), ErrorKind::refused);
    EXPECT_NE(std::string(error->what()).find("only one file commits as a whole"), std::string::npos) << error->what();
  }
  elsewhere.run("ATTACH '" + file + "' AS jobs");
  SqliteTransaction attached(elsewhere);
  EXPECT_EQ(error_in([&] { queue->push(attached, a_job()); })->kind(), ErrorKind::refused)
      << "the jobs' file is not the main one";
  EXPECT_EQ(error_in([&] { SqliteTransaction(static_cast<sqlite3*>(nullptr)); })->kind(), ErrorKind::invalid);
}

TEST_F(SqliteForeign, there_is_one_transaction_a_connection_and_one_a_file_and_thread) {
  Plain own(file), second(file);
  own.run("BEGIN");
  EXPECT_EQ(error_in([&] { SqliteTransaction tx(own); })->kind(), ErrorKind::refused);
  own.run("ROLLBACK");
  SqliteTransaction tx(own);
  auto const begin = steady_clock::now();
  EXPECT_EQ(error_in([&] { SqliteTransaction inner(own); })->kind(), ErrorKind::refused);
  EXPECT_EQ(error_in([&] { SqliteTransaction inner(second); })->kind(), ErrorKind::refused);
  EXPECT_LT(steady_clock::now() - begin, 1s);
  queue->push(tx, a_job());
  tx.commit();
  EXPECT_EQ(error_in([&] { queue->push(tx, a_job()); })->kind(), ErrorKind::refused);
}

TEST_F(SqliteForeign, it_waits_for_the_lock_without_a_busy_handler_and_gives_up_in_time) {
  Plain own(file), other(file);
  other.run("BEGIN IMMEDIATE");
  auto const error = error_in([&] { SqliteTransaction tx(own, 50ms); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::timeout);
  auto soon = std::async(std::launch::async, [&] {
    std::this_thread::sleep_for(50ms);
    other.run("COMMIT");
  });
  SqliteTransaction tx(own);
  queue->push(tx, a_job());
  tx.commit();
}

TEST_F(SqliteForeign, a_connection_that_still_reads_an_old_state_is_told_so_at_once) {
  Plain own(file);
  queue->push(a_job());
  queue->push(a_job());
  sqlite3_stmt* reading = nullptr;
  sqlite3_prepare_v2(own, "SELECT seq FROM kue_jobs", -1, &reading, nullptr);
  sqlite3_step(reading);
  queue->push(a_job());
  auto const begin = steady_clock::now();
  EXPECT_EQ(error_in([&] { SqliteTransaction tx(own); })->kind(), ErrorKind::refused);
  EXPECT_LT(steady_clock::now() - begin, 1s);
  sqlite3_finalize(reading);
}

TEST_F(SqliteForeign, the_connection_keeps_its_settings_and_its_last_row_and_no_table_of_ours) {
  Plain own(file);
  own.run("CREATE TABLE orders (id INTEGER PRIMARY KEY); PRAGMA foreign_keys = 1; PRAGMA recursive_triggers = 1; "
          "PRAGMA cache_size = 77; PRAGMA synchronous = 2");
  sqlite3_busy_timeout(own, 1234);
  SqliteTransaction tx(own);
  own.run("INSERT INTO orders VALUES (4711)");
  queue->push(tx, a_job());
  EXPECT_EQ(sqlite3_last_insert_rowid(own), 4711);
  EXPECT_NE(own.word("SELECT count(*) FROM kue_batch"), "0") << "it is gone";
  tx.commit();
  EXPECT_EQ(own.word("PRAGMA foreign_keys") + own.word("PRAGMA recursive_triggers") + own.word("PRAGMA cache_size") +
                own.word("PRAGMA synchronous"),
            "11772");
  EXPECT_EQ(own.word("PRAGMA busy_timeout"), "1234");
  EXPECT_EQ(own.word("PRAGMA wal_autocheckpoint"), "1000");
  EXPECT_EQ(own.word("SELECT count(*) FROM sqlite_schema WHERE name = 'kue_batch'"), "0");
}

TEST_F(SqliteForeign, a_push_that_fails_undoes_itself_and_not_the_programs_rows) {
  Plain own(file);
  own.run("CREATE TABLE orders (id INTEGER PRIMARY KEY)");
  own.run("CREATE TRIGGER no BEFORE INSERT ON kue_unfinished WHEN NEW.queue = 'refused' BEGIN SELECT RAISE(ABORT, 'not "
          "this one'); END");
  SqliteTransaction tx(own);
  own.run("INSERT INTO orders VALUES (1)");
  JobId const first = queue->push(tx, a_job()).id;
  EXPECT_TRUE(error_in([&] { queue->push(tx, a_job("refused")); }));
  tx.commit();
  own.run("DROP TRIGGER no");
  EXPECT_EQ(own.word("SELECT count(*) FROM orders"), "1");
  EXPECT_EQ(own.word("SELECT count(*) FROM kue_jobs"), "1");
  EXPECT_TRUE(store->get(first));
  EXPECT_TRUE(store->check().problems.empty());
}

TEST_F(SqliteForeign, an_error_that_rolls_everything_back_says_so) {
  Plain own(file);
  own.run("CREATE TRIGGER no BEFORE INSERT ON kue_unfinished BEGIN SELECT RAISE(ROLLBACK, 'all of it'); END");
  SqliteTransaction tx(own);
  auto const error = error_in([&] { queue->push(tx, a_job()); });
  ASSERT_TRUE(error);
  EXPECT_NE(std::string(error->what()).find("rolled back the whole transaction"), std::string::npos) << error->what();
  EXPECT_TRUE(error_in([&] { tx.commit(); })->outcome_unknown());
}

TEST_F(SqliteForeign, a_commit_that_is_refused_may_be_tried_again) {
  Plain own(file);
  own.run("CREATE TABLE parent (id INTEGER PRIMARY KEY); CREATE TABLE child (id INTEGER REFERENCES parent DEFERRABLE "
          "INITIALLY DEFERRED); PRAGMA foreign_keys = 1");
  SqliteTransaction tx(own);
  own.run("INSERT INTO child VALUES (1)");
  JobId const id = queue->push(tx, a_job()).id;
  auto const error = error_in([&] { tx.commit(); });
  ASSERT_TRUE(error);
  EXPECT_FALSE(error->outcome_unknown());
  EXPECT_TRUE(tx.open());
  own.run("INSERT INTO parent VALUES (1)");
  tx.commit();
  EXPECT_TRUE(store->get(id));
}

TEST_F(SqliteForeign, a_file_that_is_not_of_the_newest_schema_is_refused) {
  std::string const fresh = folder + "/fresh.db";
  Plain own(fresh);
  own.run("CREATE TABLE orders (id INTEGER PRIMARY KEY)");
  StoreOptions const options{.migrate = false};
  auto const unmade = guarded(sqlite::open(fresh, options), options);
  SqliteTransaction tx(own);
  Envelope const job = a_job();
  EXPECT_EQ(error_in([&] { unmade->push_in(tx, {.jobs = {&job, 1}}); })->kind(), ErrorKind::refused);
}

TEST_F(SqliteForeign, the_event_log_is_written_in_the_same_transaction) {
  open({.event_log = true});
  Plain own(file);
  {
    SqliteTransaction tx(own);
    queue->push(tx, a_job());
  }
  EXPECT_TRUE(store->events({}).events.empty());
  SqliteTransaction tx(own);
  queue->push(tx, a_job());
  tx.commit();
  EXPECT_EQ(store->events({}).events.size(), 1u);
}

TEST_F(SqliteForeign, a_store_may_be_opened_for_the_first_time_inside) {
  open({.migrate = false});
  Plain own(file);
  SqliteTransaction tx(own);
  auto const begin = steady_clock::now();
  JobId const id = queue->push(tx, a_job()).id;
  EXPECT_LT(steady_clock::now() - begin, 1s);
  tx.commit();
  EXPECT_TRUE(store->get(id));
}

TEST_F(SqliteForeign, a_fork_leaves_it_to_the_parent) {
  Plain own(file);
  std::optional<SqliteTransaction> tx;
  tx.emplace(own);
  queue->push(*tx, a_job());
  pid_t const child = ::fork();
  if (child == 0) {
    bool good = !tx->open() && error_in([&] { tx->commit(); }).has_value();
    tx.reset();
    auto const mine = guarded(sqlite::open(folder + "/childs.db", {}), {});
    mine->migrate();  // nothing in the way of the thread that has forked
    ::_exit(good ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  tx->commit();
  EXPECT_EQ(store->counts().at(0).of(State::available), 1);
}

TEST_F(SqliteForeign, many_transactions_beside_plain_pushes_and_checkpoints_of_both_lose_nothing) {
  constexpr int kEach = 150;
  Plain own(file);
  own.run("CREATE TABLE orders (id INTEGER PRIMARY KEY, text TEXT); PRAGMA wal_autocheckpoint = 20");
  auto plain = std::async(std::launch::async, [&] {
    for (int i = 0; i < kEach; ++i) queue->push(a_job("plain"));
  });
  for (int i = 0; i < kEach; ++i) {
    SqliteTransaction tx(own);
    own.run("INSERT INTO orders VALUES (" + std::to_string(i) + ", hex(randomblob(2000)))");
    queue->push(tx, a_job("own"));
    if (i % 3 != 0) tx.commit();
  }
  plain.get();
  EXPECT_EQ(own.word("SELECT count(*) FROM kue_jobs WHERE queue = 'plain'"), std::to_string(kEach));
  EXPECT_EQ(own.word("SELECT count(*) FROM kue_jobs WHERE queue = 'own'"), std::to_string(kEach * 2 / 3));
  EXPECT_EQ(own.word("SELECT count(*) FROM orders"), std::to_string(kEach * 2 / 3));
  EXPECT_EQ(own.word("PRAGMA integrity_check"), "ok");
  EXPECT_TRUE(store->check().problems.empty());
}

}  // namespace
}  // namespace kue::sqlite
