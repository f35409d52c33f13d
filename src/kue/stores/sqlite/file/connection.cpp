#include "kue/stores/sqlite/file/connection.hpp"

#include "kue/stores/sqlite/file/disk_space.hpp"
#include "kue/stores/sqlite/file/failure.hpp"
#include "kue/stores/sqlite/file/gathered_wal.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>
#include <sqlite3.h>

#include <unistd.h>

#include <algorithm>
#include <thread>

namespace kue::sqlite {
namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

// A file that was closed in WAL mode has no log beside it, and SQLite would make an empty one for a mere look.
std::string uri_of_unchanging(std::string const& path) {
  std::string uri = "file:";
  for (unsigned char const c : path) {
    bool const plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' ||
                       c == '.' || c == '-' || c == '_';
    uri += plain ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02x}", c);
  }
  return uri + "?immutable=1";
}

}  // namespace

Connection::Connection(sqlite3* foreign) : handle_(foreign), lent_(true) {
  if (int const made = batch_.add_to(handle_); made != SQLITE_OK) fail(handle_, made);
}

Connection::Connection(Location const& location, Mode mode) {
  // A path as it is goes without SQLITE_OPEN_URI and begins with '/': '?', '#' and '%' are letters like others.
  // NOMUTEX: one thread at a time is the rule of this class.
  int const access = mode == Mode::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  bool const without_log = mode == Mode::look && ::access(location.wal().c_str(), F_OK) != 0;
  int const flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (without_log ? SQLITE_OPEN_URI : 0);
  std::string const name = without_log ? uri_of_unchanging(location.database) : location.database;
  int const code = sqlite3_open_v2(name.c_str(), &handle_, flags, location.gathered_wal ? gathered_wal_vfs() : nullptr);
  if (code != SQLITE_OK) {
    Failure const failure(code, handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code));
    sqlite3_close_v2(handle_);
    throw failure;
  }
  if (int const made = batch_.add_to(handle_); made != SQLITE_OK) {
    Failure const failure(made, sqlite3_errmsg(handle_));
    sqlite3_close_v2(handle_);
    throw failure;
  }
  sqlite3_busy_handler(handle_, &Connection::on_busy, this);
  patience(10s);
  // Without this the last one to close would checkpoint and delete the WAL: a long stop, and the ballast gone.
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

Connection::~Connection() {
  statements_.clear();
  for (Statement* const own : {&begin_write_, &begin_look_, &commit_}) *own = Statement();
  if (lent_)
    batch_.remove_from(handle_);
  else
    sqlite3_close_v2(handle_);
}

void Connection::settle(Sync sync) {
  run(fmt::format(
      "PRAGMA synchronous = {}; PRAGMA wal_autocheckpoint = 0; PRAGMA secure_delete = 0; PRAGMA mmap_size = 0;"
      "PRAGMA journal_size_limit = {}; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = 0; PRAGMA cell_size_check = "
      "1",
      sync == Sync::full ? "FULL" : "NORMAL", kWalBytes));
  if (gathers_wal()) keep_pages_until_commit();
  sqlite3_wal_hook(handle_, &Connection::on_commit, this);  // after wal_autocheckpoint, which uses the same hook
}

// The gathered WAL holds back what belongs to one commit. Pages that SQLite writes before, because its cache is full,
// would be held for a place which is another's after a rollback. The setting reads the schema, so it can fail like any
// statement: the answer tells.
void Connection::keep_pages_until_commit() {
  run("PRAGMA cache_spill = 0");
  std::string const answer = word("PRAGMA cache_spill");
  if (answer == "0") return;
  throw Error(ErrorKind::refused,
              fmt::format("sqlite:{0} cannot be written through the gathered WAL: this SQLite ({1}) does not keep all "
                          "pages in memory until the commit "
                          "(PRAGMA cache_spill = 0 answers '{2}'). Name the store as sqlite:{0}?gathered_wal=off",
                          sqlite3_db_filename(handle_, "main"), sqlite3_libversion(), answer));
}

void Connection::run(std::string_view sql) {
  int const code = sqlite3_exec(handle_, std::string(sql).c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(handle_, code);
}

std::int64_t Connection::number(std::string_view sql) {
  Statement const statement(handle_, sql);
  Use use(statement.handle());
  return use.step() ? use.integer(0) : 0;
}

std::string Connection::word(std::string_view sql) {
  Statement const statement(handle_, sql);
  Use use(statement.handle());
  return use.step() ? std::string(use.text(0)) : std::string();
}

std::int64_t Connection::changes() const { return sqlite3_changes64(handle_); }
std::int64_t Connection::last_number() const { return sqlite3_last_insert_rowid(handle_); }
bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }
bool Connection::gathers_wal() const {
  sqlite3_vfs* vfs = nullptr;
  char const* const name = gathered_wal_vfs();
  return name && sqlite3_file_control(handle_, "main", SQLITE_FCNTL_VFS_POINTER, &vfs) == SQLITE_OK &&
         vfs == sqlite3_vfs_find(name);
}
bool Connection::read_only() const { return sqlite3_db_readonly(handle_, "main") == 1; }
void Connection::patience(std::chrono::milliseconds at_most) { give_up_at_ = steady_clock::now() + at_most; }

void Connection::once(Statement& statement, std::string_view sql) {
  if (!statement) statement = Statement(handle_, sql);
  Use(statement.handle()).step();
}

int Connection::on_busy(void* self, int calls) {
  auto const& connection = *static_cast<Connection const*>(self);
  if (steady_clock::now() >= connection.give_up_at_) return 0;
  std::this_thread::sleep_for(std::min(50us * (calls + 1), 2000us));  // SQLite's own sleeps up to 100 ms and starves
  return 1;
}

int Connection::on_commit(void* self, sqlite3*, char const*, int frames) {
  static_cast<Connection*>(self)->wal_frames_ = frames;
  return SQLITE_OK;
}

}  // namespace kue::sqlite
