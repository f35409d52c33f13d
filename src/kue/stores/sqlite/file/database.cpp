#include "kue/stores/sqlite/file/database.hpp"

#include "kue/base/own_pid.hpp"
#include "kue/stores/sqlite/file/access.hpp"
#include "kue/stores/sqlite/file/failure.hpp"
#include "kue/stores/sqlite/file/own_transaction.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <thread>

namespace kue::sqlite {
namespace {

using namespace std::chrono_literals;

constexpr int kMostWoken = 8;  // at once for one queue; each of them wakes the next if it leaves work behind

// SQLite does not call the busy handler for this one, and two processes may open first at the same time.
void use_wal(Connection& connection) {
  auto const give_up_at = std::chrono::steady_clock::now() + 10s;
  for (;;) {
    try {
      std::string const mode = connection.word("PRAGMA journal_mode = WAL");
      if (mode == "wal") return;
      throw Error(
          ErrorKind::refused,
          fmt::format(
              "it cannot be switched to write-ahead logging (it stays in mode '{}'): the file system allows no shared "
              "memory; put the file on a local disk",
              mode));
    } catch (Failure const& failure) {
      if (failure.primary() != SQLITE_BUSY || std::chrono::steady_clock::now() >= give_up_at) throw;
    }
    std::this_thread::sleep_for(1ms);
  }
}

// What SQLite could not open, as a sentence about the file.
[[noreturn]] void explain(Failure const& failure, Location const& location) {
  if (failure.primary() == SQLITE_NOTADB) {
    throw Error(ErrorKind::corrupt, "it is not an SQLite database (its first bytes are something else); nothing was "
                                    "changed. Name another file, or restore "
                                    "this one from a backup");
  }
  bool const perhaps_rights =
      failure.primary() == SQLITE_CANTOPEN || failure.primary() == SQLITE_PERM || failure.primary() == SQLITE_READONLY;
  std::string const why = perhaps_rights ? denial(location) : std::string();
  if (!why.empty()) throw Error(ErrorKind::unavailable, "it cannot be written: " + why);
  throw failure;
}

// PRAGMA synchronous answers with a number.
std::string sync_name(std::int64_t number) {
  return number == 2 ? "full" : number == 1 ? "normal" : number == 0 ? "off" : "extra";
}

// Its questions belong together: between two of them another process may make the file ours, and it would look like a
// stranger's.
Format::Found look_at_one_moment(Format const& format, Connection& connection) {
  Snapshot const snapshot(connection);
  return format.look(connection);
}

}  // namespace

std::int64_t size_of(std::string const& file) {
  struct stat status {};
  return ::stat(file.c_str(), &status) == 0 ? static_cast<std::int64_t>(status.st_size) : 0;
}

// What there is once the file is open. The writer is first: nothing is made beside a file that is refused.
struct Database::Open {
  Open(Database const& of, std::unique_ptr<Connection> connection)
      : writer(std::move(connection)),
        wal(of.location_.wal()),
        wake(of.location_.wake_file()),
        turnstile(wake),
        disk(of.location_),
        checkpointer(of.location_, wake, turnstile, [&of](Connection& db) { of.format_.touch(db); }),
        group(of.write_group_, of.rules_.power ? Group::Sync([this] { wal.sync(); }) : Group::Sync()) {}

  std::unique_ptr<Connection> writer;
  WalFile wal;
  WakeFile wake;
  Turnstile turnstile;
  DiskSpace disk;
  Checkpointer checkpointer;
  Group group;
};

Database::Database(Location location, Rules rules, Format const& format, Group::Write write_group)
    : location_(std::move(location)),
      rules_(rules),
      format_(format),
      write_group_(std::move(write_group)),
      owner_(own_pid()) {}

Database::~Database() {
  if (owner_ != own_pid()) abandon();
}

// Closing a descriptor of the database in a forked child would drop the parent's locks on it (POSIX locks belong to the
// process and the file), and checkpoint or roll back what is not ours: everything is left lying.
void Database::abandon() noexcept {
  (void)look_.release();
  if (Open* const left = owned_.release()) {
    (void)left->writer.release();
    left->checkpointer.abandon();
    left->wal.abandon();
    left->wake.abandon();
  }
}

Database::Found Database::found() const {
  Found result;
  std::error_code ignored;
  result.exists = std::filesystem::exists(location_.database, ignored);
  if (!result.exists) return result;
  try {
    // Read-only, and closed at once: a process must not hold such a descriptor for long beside an open database.
    Connection connection(location_, Connection::Mode::look);
    static_cast<Format::Found&>(result) = look_at_one_moment(format_, connection);
  } catch (Failure const& failure) {
    explain(failure, location_);
  }
  return result;
}

std::string Database::obstacle() const {
  try {
    refuse_network_file_system(location_);
  } catch (Error const& error) {
    return error.what();
  }
  std::string const why = denial(location_);
  return why.empty() ? why : "it cannot be written: " + why;
}

// With a mere look, so that nothing is made beside a file that is refused.
void Database::refuse_what_must_migrate() const {
  Found const is = found();
  if (!is.exists)
    throw Error(
        ErrorKind::refused,
        "there is no such file yet: store:migrate makes it, or a program that opens it without migrate = false");
  if (!is.refused.empty()) throw Error(ErrorKind::refused, is.refused);
  if (is.version >= format_.newest()) return;
  throw Error(ErrorKind::refused, fmt::format("it has schema {} and this program needs {}: store:migrate updates it",
                                              is.version, format_.newest()));
}

std::unique_ptr<Connection> Database::prepare(bool migrate) {
  refuse_network_file_system(location_);
  if (!migrate) refuse_what_must_migrate();
  try {
    auto connection = std::make_unique<Connection>(location_);
    Format::Found const is = look_at_one_moment(format_, *connection);
    if (!is.refused.empty()) throw Error(ErrorKind::refused, is.refused);
    if (connection->read_only()) {
      std::string const why = denial(location_);
      throw Error(ErrorKind::unavailable,
                  "it cannot be written: " +
                      (why.empty() ? "the file or its folder is read-only; give this process the right to write "
                                     "both"
                                   : why));
    }
    bool const older = is.version < format_.newest();
    if (older && !migrate)
      throw Error(ErrorKind::refused, "it was replaced while it was opened; nothing was changed. Try again");
    if (is.version == 0 || connection->word("PRAGMA journal_mode") != "wal") use_wal(*connection);
    if (older) {
      connection->settle(Sync::full);  // the format itself is always durable
      format_.migrate(*connection);
    }
    connection->settle(Sync::normal);
    keep_wal_reserve(location_);
    keep_file_reserve(*connection, location_);
    return connection;
  } catch (Failure const& failure) {
    explain(failure, location_);
  }
}

Database::Open& Database::open() {
  if (Open* const ready = open_.load(std::memory_order_acquire)) return *ready;
  std::unique_lock const held(opening_);
  if (owned_ == nullptr) open_with(prepare(false));
  return *owned_;
}

void Database::migrate() {
  refuse_in_own_transaction(location_.database);
  std::unique_lock const held(opening_);
  if (owned_ == nullptr) open_with(prepare(true));  // what is open is of the newest format
}

void Database::open_with(std::unique_ptr<Connection> writer) {
  owned_ = std::make_unique<Open>(*this, std::move(writer));
  open_.store(owned_.get(), std::memory_order_release);
}

Connection& Database::looker() {
  open();
  if (!look_) {
    look_ = std::make_unique<Connection>(location_);
    look_->settle(Sync::normal);
  }
  return *look_;
}

void Database::write(std::function<AfterCommit(Connection&)> const& body) {
  refuse_in_own_transaction(location_.database);
  Open& file = open();
  std::unique_lock const held(writing_);
  WriteLock lock(*file.writer, &file.turnstile);
  AfterCommit const done = body(*file.writer);
  lock.commit();
  bool const heard = ring(done);
  if (file.checkpointer.due(*file.writer, heard || done.in_a_hurry)) file.checkpointer.after_commit(*file.writer);
}

Database::Facts Database::facts() {
  Facts facts{{"file", location_.database},
              {"file_bytes", std::to_string(size_of(location_.database))},
              {"wal_bytes", std::to_string(size_of(location_.wal()))},
              {"file_system", file_system_name(std::filesystem::path(location_.database).parent_path().string())}};
  Open& file = open();
  std::unique_lock const held(writing_);
  Connection& writer = *file.writer;  // what every write goes through, asked of the connection itself
  facts.emplace_back("schema", std::to_string(format_.look(writer).version));
  facts.emplace_back("journal_mode", writer.word("PRAGMA journal_mode"));
  facts.emplace_back("gathered_wal", writer.gathers_wal() ? "on" : "off");
  facts.emplace_back("synchronous", sync_name(writer.number("PRAGMA synchronous")));
  facts.emplace_back("sync_of_push", rules_.power ? "fdatasync" : "none");
  for (std::string const name : {"page_size", "page_count", "freelist_count"})
    facts.emplace_back(name, std::to_string(writer.number("PRAGMA " + name)));
  facts.emplace_back("wake_file", file.wake.shared() ? location_.wake_file() : "none: sleepers look once a second");
  return facts;
}

bool Database::ring(AfterCommit const& done) noexcept {
  Open* const file = open_.load(std::memory_order_acquire);
  bool heard = false;
  if (file == nullptr) return heard;
  for (auto const& [mask, sleepers] : done.wakes) heard |= file->wake.ring(mask, std::min(sleepers, kMostWoken));
  return heard;
}

void Database::sync() { open().group.sync(); }

// Here and not by the leader alone: a thread whose lock the leader waits for would wait for the leader.
Group& Database::group() {
  refuse_in_own_transaction(location_.database);
  return open().group;
}

void Database::refuse_when_full(std::int64_t bytes) { open().disk.refuse_when_full(bytes); }
WakeFile& Database::wake_file() { return open().wake; }

void Database::interrupt() noexcept {
  interrupts_.fetch_add(1);
  interrupted_.store(true);
  // The word is shared: sleepers of other processes look once and sleep on. An interrupt is rare.
  if (Open* const file = open_.load(std::memory_order_acquire)) file->wake.ring(~0U, 1 << 30);
}

}  // namespace kue::sqlite
