// The bare loop: the store's own schema and statements, and the table through which these read a batch, over the C
// interface of SQLite, without the rest of kue. It does what a push and a worker must do to the file and nothing else:
// no retries, no log, no dispatch, no fairness. What kue reaches is compared with it.
//
//   raw_sqlite FILE enqueue_1x1|enqueue_bulk|drain|latency|latency_handed full|process JOBS [PROCESSES [K]]
//
// Prints one number: jobs a second; or two for latency (p50 p99 in ms): from before the push until after the claim in
// another process, which a futex wakes. latency_handed: the push claims the job for that process in its own
// transaction, which nobody does; it is the least that a job can take which is committed before it runs. FILE must not
// exist; it is removed.

#include "kue/stores/sqlite/file/batch_table.hpp"
#include "kue/stores/sqlite/tables/consecutive.hpp"
#include "kue/stores/sqlite/tables/stretches.hpp"

#include <schema_texts.hpp>
#include <sql_texts.hpp>

#include <kue/limits.hpp>

#include <fcntl.h>
#include <linux/futex.h>
#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using kue::JobId;
using kue::sqlite::batch_of;
using kue::sqlite::BatchTable;
using kue::sqlite::consecutive;
using kue::sqlite::kPlainLane;
using kue::sqlite::Sql;
using kue::sqlite::Stretch;

constexpr std::int64_t kDefaultPriority = 0;
constexpr int kRunning = 3, kCompleted = 5;  // as in src/kue/stores/sqlite/tables/migrations
constexpr std::string_view kQueue = "default", kKind = "spark::bench::Job";

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

[[noreturn]] void stop(sqlite3* db, char const* what) {
  std::fprintf(stderr, "raw_sqlite: %s: %s\n", what, sqlite3_errmsg(db));
  std::_Exit(1);
}

class File {
 public:
  File(std::string const& path, bool full) {
    if (sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        nullptr) != SQLITE_OK)
      stop(db_, "open");
    sqlite3_busy_timeout(db_, 10'000);
    if (batch_.add_to(db_) != SQLITE_OK) stop(db_, "batch");
    run("PRAGMA journal_mode = WAL; PRAGMA secure_delete = 0; PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = 1; "
        "PRAGMA mmap_size = 0");
    run(full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  }
  ~File() {
    for (sqlite3_stmt* const each : prepared_) sqlite3_finalize(each);
    sqlite3_finalize(begin_);
    sqlite3_finalize(commit_);
    sqlite3_close(db_);
  }
  File(File const&) = delete;

  void run(std::string const& sql) {
    if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) stop(db_, sql.c_str());
  }
  // As connection.hpp has them.
  void begin_write() { once(begin_, "BEGIN IMMEDIATE"); }
  void commit() { once(commit_, "COMMIT"); }
  template <class... A> sqlite3_stmt* bound(Sql sql, A const&... values) {
    sqlite3_stmt* const statement = prepare(prepared_[static_cast<std::size_t>(sql)], kue::sqlite::text(sql));
    [[maybe_unused]] int at = 0;
    (bind(statement, ++at, values), ...);
    return statement;
  }
  template <class... A> void execute(Sql sql, A const&... values) {
    sqlite3_stmt* const statement = bound(sql, values...);
    if (sqlite3_step(statement) != SQLITE_DONE) stop(db_, std::string(kue::sqlite::text(sql)).c_str());
    sqlite3_reset(statement);
  }
  // The same for statements that read the table batch.
  template <class... A> void execute_for(BatchTable::Rows const& rows, Sql sql, A const&... values) {
    batch_.lend(rows);
    execute(sql, values...);
  }
  std::int64_t changes() const { return sqlite3_changes64(db_); }
  std::int64_t last_number() const { return sqlite3_last_insert_rowid(db_); }
  // The first column of the first row.
  template <class... A> std::int64_t number(Sql sql, A const&... values) {
    sqlite3_stmt* const statement = bound(sql, values...);
    int const code = sqlite3_step(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE) stop(db_, "step");
    std::int64_t const value = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
    if (code == SQLITE_ROW && sqlite3_step(statement) != SQLITE_DONE) stop(db_, "step");  // every one has one row
    sqlite3_reset(statement);
    return value;
  }
  bool row(sqlite3_stmt* statement) {
    int const code = sqlite3_step(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE) stop(db_, "step");
    return code == SQLITE_ROW;
  }

 private:
  sqlite3_stmt* prepare(sqlite3_stmt*& statement, std::string_view words) {
    if (statement == nullptr && sqlite3_prepare_v3(db_, words.data(), static_cast<int>(words.size()),
                                                   SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK)
      stop(db_, "prepare");
    return statement;
  }
  void once(sqlite3_stmt*& statement, char const* sql) {
    if (sqlite3_step(prepare(statement, sql)) != SQLITE_DONE) stop(db_, sql);
    sqlite3_reset(statement);
  }
  static void bind(sqlite3_stmt* s, int at, std::int64_t value) { sqlite3_bind_int64(s, at, value); }
  static void bind(sqlite3_stmt* s, int at, int value) { sqlite3_bind_int64(s, at, value); }
  static void bind(sqlite3_stmt* s, int at, std::string_view text) {
    sqlite3_bind_text64(s, at, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
  }
  static void bind(sqlite3_stmt* s, int at, JobId const& id) {
    sqlite3_bind_blob(s, at, id.bytes().data(), 16, SQLITE_STATIC);
  }
  static void bind(sqlite3_stmt* s, int at, std::nullptr_t) { sqlite3_bind_null(s, at); }

  BatchTable batch_;
  sqlite3* db_ = nullptr;
  std::array<sqlite3_stmt*, kue::sqlite::kSqlCount> prepared_{};
  sqlite3_stmt *begin_ = nullptr, *commit_ = nullptr;
};

JobId new_id() {
  std::array<std::uint8_t, 16> id{};
  std::int64_t const millis = now_ms();
  for (unsigned i = 0; i < 6; ++i) id[i] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
  if (::getrandom(id.data() + 6, 10, 0) != 10) std::_Exit(1);
  return JobId(id);
}

std::string arguments(std::int64_t number) {
  return R"({"number":)" + std::to_string(number) +
         R"(,"ms":0,"filler":"text, as long as an address or the name of a file in a folder"})";
}

// ---- enqueue

struct Pushed {
  JobId id;
  std::string args;
};

void write_pushed(Pushed const& job, int column, BatchTable::Value& out) {
  switch (column) {
    case 1: return out.set(job.id);
    case 2: return out.set(kKind);
    case 3: return out.set(kQueue);
    case 4: return out.set(job.args);
    case 5: return out.set(1);
    case 7: return out.set(kDefaultPriority);
    case 8: return out.set(25);
    case 9: return out.set(0);
    default: return out.set(std::nullopt);
  }
}

constexpr std::int64_t kChild = 1;  // the holder of latency_handed

// Its number.
std::int64_t push_one(File& file, Pushed const& job, std::int64_t at) {
  file.execute(Sql::push_one, job.id, kKind, kQueue, job.args, 1, nullptr, kDefaultPriority, 25, 0, nullptr, nullptr,
               at);
  std::int64_t const seq = file.last_number();
  file.execute(Sql::push_one_live, seq, 2, 2, kQueue, kDefaultPriority, at, 25);
  return seq;
}

// The number before the first.
std::int64_t push_all(File& file, std::vector<Pushed> const& jobs, std::int64_t at) {
  std::int64_t const last = file.number(Sql::push_last_number);
  file.execute_for(batch_of(jobs, write_pushed), Sql::push_jobs, last, at);
  file.execute(Sql::push_live, last + 1, last + static_cast<std::int64_t>(jobs.size()), at);
  return last;
}

void fold(File& file) {
  sqlite3_stmt* const tail = file.bound(Sql::tail_look, kQueue);
  bool const any = file.row(tail);
  std::int64_t const first = any ? sqlite3_column_int64(tail, 1) : 0, last = any ? sqlite3_column_int64(tail, 2) : 0;
  sqlite3_reset(tail);
  if (!any) return;
  file.execute(Sql::ready_add, kQueue, kDefaultPriority, first, last, kue::sqlite::kMostSkipped);
  file.execute(Sql::tail_set, kQueue, 0, 1, 0);
}

void begin_tail(File& file, std::int64_t first, std::int64_t last) {
  std::int64_t const count = last - first + 1;
  file.execute(Sql::counts_add, kQueue, count, 0, 0, count, 0, 0, 0, 0, 0);
  fold(file);
  file.execute(Sql::tail_set, kQueue, kDefaultPriority, first, last);
}

// With `handed` they are claimed already.
void push(File& file, std::int64_t from, std::int64_t count, bool handed = false) {
  std::vector<Pushed> jobs;
  jobs.reserve(static_cast<std::size_t>(count));
  for (std::int64_t number = from; number < from + count; ++number) jobs.push_back({new_id(), arguments(number)});
  file.begin_write();
  std::int64_t const at = now_ms(), last = count == 1 ? push_one(file, jobs.front(), at) - 1 : push_all(file, jobs, at);
  if (handed) {
    file.execute(Sql::claim_take_range, kChild, 1, at, last + 1, last + count);
    file.execute(Sql::held_add, kChild, kPlainLane, last + 1, last + count);
    file.execute(Sql::counts_add, kQueue, count, 0, 0, 0, count, 0, 0, 0, 0);
  } else {
    file.execute(Sql::counts_push, kQueue, count, kDefaultPriority, last + 1, last + count, kue::sqlite::kMostSkipped);
    if (file.changes() == 0) begin_tail(file, last + 1, last + count);
  }
  file.commit();
}

double enqueue(File& file, std::int64_t jobs, std::int64_t each) {
  double const began = now();
  for (std::int64_t at = 0; at < jobs; at += each) push(file, at, std::min(each, jobs - at));
  return static_cast<double>(jobs) / (now() - began);
}

// ---- drain: each transaction writes the ends of the last batch and claims the next one

struct Claimed {
  std::int64_t seq;
  JobId id;
  std::int64_t holder, claim_no;
};

void write_ended(Claimed const& job, int column, BatchTable::Value& out) {
  switch (column) {
    case 1: return out.set(job.seq);
    case 2: return out.set(kCompleted);
    case 3: return out.set(1);
    case 4: return out.set(25);
    case 5:
    case 6:
    case 7: return out.set(0);
    case 9: return out.set(now_ms());
    case 11: return out.set(job.holder);
    case 12: return out.set(job.claim_no);
    case 13: return out.set(kQueue);
    case 14: return out.set(kPlainLane);
    default: return out.set(std::nullopt);
  }
}

template <class Write> void each_stretch(std::vector<Claimed> const& jobs, Write&& write) {
  kue::sqlite::StretchesOf<int> stretches;
  for (Claimed const& job : jobs) stretches.add(0, job.seq);
  stretches.each([&](int, Stretch const& stretch) { write(stretch); });
}

void finish(File& file, std::vector<Claimed> const& jobs) {
  if (jobs.empty()) return;
  auto const ended = batch_of(jobs, write_ended);
  std::int64_t const at = now_ms();
  file.execute_for(ended, Sql::finish_final, at);
  if (file.changes() != static_cast<std::int64_t>(jobs.size())) std::_Exit(1);
  if (consecutive(jobs, &Claimed::seq))
    file.execute(Sql::unfinished_delete_range, jobs.front().seq, jobs.back().seq);
  else
    file.execute_for(ended, Sql::unfinished_delete_all);
  each_stretch(
      jobs, [&](Stretch const& stretch) { file.execute(Sql::ended_add, kQueue, 0, at, stretch.first, stretch.last); });
  file.execute(Sql::held_forget, jobs.front().holder);
}

std::vector<Claimed> claim(File& file, std::int64_t most, std::int64_t holder) {
  std::vector<Claimed> jobs;
  file.number(Sql::node_state, 1);
  fold(file);
  file.number(Sql::claim_next_due, kQueue);
  sqlite3_stmt* const candidates = file.bound(Sql::claim_candidates, kQueue, most);
  std::size_t bytes = 0;
  Stretch last_one;  // in which the last one was found
  while (file.row(candidates)) {
    Claimed& job = jobs.emplace_back();
    job.seq = sqlite3_column_int64(candidates, 0);
    std::array<std::uint8_t, 16> id{};
    std::memcpy(id.data(), sqlite3_column_blob(candidates, 10), id.size());
    job.id = JobId(id);
    job.holder = holder;
    job.claim_no = sqlite3_column_int64(candidates, 9) + 1;
    last_one = {sqlite3_column_int64(candidates, 23), sqlite3_column_int64(candidates, 24)};
    bytes += std::string(reinterpret_cast<char const*>(sqlite3_column_text(candidates, 13))).size();
  }
  sqlite3_reset(candidates);
  if (!jobs.empty() && bytes == 0) std::_Exit(1);
  if (jobs.empty()) return jobs;
  if (std::int64_t const last = jobs.back().seq; last < last_one.last)
    file.execute(Sql::ready_cut, kQueue, kDefaultPriority, kPlainLane, last_one.first, last + 1);
  file.execute(Sql::ready_drop, kQueue, kDefaultPriority, kPlainLane, jobs.back().seq);
  if (consecutive(jobs, &Claimed::seq)) {
    file.execute(Sql::claim_take_range, holder, 1, now_ms(), jobs.front().seq, jobs.back().seq);
  } else {
    auto const seqs = batch_of(jobs, [](Claimed const& job, int, BatchTable::Value& out) { out.set(job.seq); });
    file.execute_for(seqs, Sql::claim_take, holder, 1, now_ms());
  }
  each_stretch(jobs, [&](Stretch const& stretch) {
    file.execute(Sql::held_add, holder, kPlainLane, stretch.first, stretch.last);
  });
  return jobs;
}

// Both in one transaction: the ends of these, and the next ones.
std::vector<Claimed> exchange(File& file, std::vector<Claimed> const& ended, std::int64_t most, std::int64_t holder) {
  file.begin_write();
  finish(file, ended);
  std::vector<Claimed> jobs = claim(file, most, holder);
  auto const taken = static_cast<std::int64_t>(jobs.size()), done = static_cast<std::int64_t>(ended.size());
  file.execute(Sql::counts_add, kQueue, 0, 0, 0, -taken, taken - done, 0, done, 0, 0);
  file.commit();
  return jobs;
}

void drain(File& file, std::int64_t most, std::int64_t holder) {
  std::vector<Claimed> jobs;
  do {
    jobs = exchange(file, jobs, most, holder);
  } while (!jobs.empty());
}

double drain_in_processes(std::string const& path, std::int64_t jobs, std::int64_t most, int processes) {
  double const began = now();
  for (int i = 0; i < processes; ++i) {
    if (::fork() != 0) continue;
    File file(path, false);
    drain(file, most, i + 1);
    std::_Exit(0);
  }
  for (int i = 0, status = 0; i < processes; ++i) {
    if (::wait(&status) < 0 || status != 0) std::_Exit(1);
  }
  return static_cast<double>(jobs) / (now() - began);
}

// ---- latency: one process pushes, another sleeps, is woken and claims

struct Bell {
  std::atomic<std::uint32_t> rings{0};
  std::atomic<std::int64_t> pushed_at{0};

  void ring() {
    rings.fetch_add(1);
    ::syscall(SYS_futex, &rings, FUTEX_WAKE, 1, nullptr, nullptr, 0);
  }
  void wait(std::uint32_t heard) { ::syscall(SYS_futex, &rings, FUTEX_WAIT, heard, nullptr, nullptr, 0); }
};

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void* shared_memory(std::size_t size) {
  void* const memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) std::_Exit(1);
  return memory;
}

double ms_since_push(Bell const& bell) { return static_cast<double>(now_ns() - bell.pushed_at.load()) / 1e6; }

std::vector<double> run_as_they_come(File& file, Bell& bell, std::int64_t jobs) {
  std::vector<double> took;
  std::vector<Claimed> claimed;
  while (static_cast<std::int64_t>(took.size()) < jobs || !claimed.empty()) {
    std::uint32_t const heard = bell.rings.load();
    claimed = exchange(file, claimed, 1, kChild);
    if (!claimed.empty())
      took.push_back(ms_since_push(bell));
    else if (static_cast<std::int64_t>(took.size()) < jobs)
      bell.wait(heard);
  }
  return took;
}

std::vector<double> run_as_they_are_handed(File& file, Bell& bell, std::int64_t jobs) {
  std::vector<double> took;
  for (std::uint32_t heard = 0; heard < jobs; ++heard) {  // one ring a job, whose numbers count from 1
    while (bell.rings.load() == heard) bell.wait(heard);
    took.push_back(ms_since_push(bell));
    exchange(file, {{.seq = heard + 1, .id = {}, .holder = kChild, .claim_no = 1}}, 1, kChild);
  }
  return took;
}

void latency(std::string const& path, bool full, std::int64_t jobs, bool handed) {
  Bell& bell = *new (shared_memory(sizeof(Bell))) Bell;
  if (::fork() == 0) {
    File of_the_child(path, full);
    std::vector<double> took =
        handed ? run_as_they_are_handed(of_the_child, bell, jobs) : run_as_they_come(of_the_child, bell, jobs);
    std::sort(took.begin(), took.end());
    std::printf("%.4f %.4f\n", took[took.size() / 2], took[took.size() * 99 / 100]);
    std::fflush(stdout);
    std::_Exit(0);
  }
  File file(path, full);
  std::mt19937 random(7);
  std::uniform_int_distribution<int> gap(5, 40);
  for (std::int64_t number = 0; number < jobs; ++number) {
    std::this_thread::sleep_for(std::chrono::milliseconds(gap(random)));
    bell.pushed_at = now_ns();
    push(file, number, 1, handed);
    bell.ring();
  }
  if (int status = 0; ::wait(&status) < 0 || status != 0) std::_Exit(1);
}

void expect_completed(std::string const& path, std::int64_t jobs) {
  File file(path, false);
  sqlite3_stmt* const counts = file.bound(Sql::counts);
  if (!file.row(counts) || sqlite3_column_int64(counts, 2 + kCompleted) != jobs ||
      sqlite3_column_int64(counts, 2 + kRunning) != 0) {
    std::fputs("raw_sqlite: not every job is completed\n", stderr);
    std::_Exit(1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    std::fputs("usage: raw_sqlite FILE enqueue_1x1|enqueue_bulk|drain|latency|latency_handed full|process JOBS "
               "[PROCESSES [K]]\n",
               stderr);
    return 2;
  }
  std::string const path = argv[1], work = argv[2];
  bool const full = std::string_view(argv[3]) == "full";
  std::int64_t const jobs = std::atoll(argv[4]), most = argc > 6 ? std::atoll(argv[6]) : kue::limits::kMaxBatch;
  int const processes = argc > 5 ? std::atoi(argv[5]) : 1;
  if (::access(path.c_str(), F_OK) == 0) {
    std::fprintf(stderr, "raw_sqlite: %s is there already\n", path.c_str());
    return 2;
  }
  bool const of_latency = work.starts_with("latency");
  double rate = 0;
  {
    File file(path, full);
    for (std::size_t i = 0; i < kue::bench::kSchemaCount; ++i)
      file.run(std::string(kue::bench::text(static_cast<kue::bench::Schema>(i))));
    file.run("INSERT INTO kue_nodes (node, name, pid, beat, beat_at) VALUES (1, 'bare', 1, 1, 1)");
    bool const one_by_one = work == "enqueue_1x1";
    if (!of_latency) rate = enqueue(file, jobs, one_by_one ? 1 : 1000);
  }
  if (of_latency) {
    latency(path, full, jobs, work == "latency_handed");
    expect_completed(path, jobs);
  }
  if (work == "drain") {
    rate = drain_in_processes(path, jobs, most, processes);
    expect_completed(path, jobs);
  }
  for (char const* end : {"", "-wal", "-shm"}) ::unlink((path + end).c_str());
  if (!of_latency) std::printf("%.1f\n", rate);
  return 0;
}
