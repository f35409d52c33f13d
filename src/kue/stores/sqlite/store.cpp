#include "kue/stores/sqlite/store.hpp"

#include "kue/base/descriptors.hpp"
#include "kue/base/own_pid.hpp"
#include "kue/stores/sqlite/schema.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace kue::sqlite {
namespace {

constexpr int kMostWoken = 8;  // at once for one queue; each of them wakes the next if it leaves work behind

}  // namespace

std::unique_ptr<Store> open(std::string const& path, StoreOptions const& options, FileOptions const& file) {
  Location location = locate(path);
  location.gathered_wal = file.gathered_wal;
  refuse_network_file_system(location);
  return std::make_unique<SqliteStore>(std::move(location), options);
}

std::string node_lock_file(std::string const& path, std::uint64_t node) { return locate(path).node_file(node); }

SqliteStore::SqliteStore(Location location, StoreOptions const& options)
    : location_(std::move(location)),
      clock_(options.clock ? *options.clock : Clock::system()),
      durability_(options.durability),
      event_log_(options.event_log),
      owner_(own_pid()),
      writer_(open_file(location_)),
      wal_(location_.wal()),
      wake_(location_.wake_file()),
      turnstile_(wake_),
      lookout_(wake_),
      disk_(location_),
      checkpointer_(location_, wake_, turnstile_),
      group_([this](auto const& members) { push_group(members); }, durability_ == Durability::full ? Group::Sync([this] { wal_.sync(); }) : Group::Sync()) {}

SqliteStore::~SqliteStore() {
  if (owner_ == own_pid()) return;
  // In a forked child. Closing a descriptor of the database here would drop the parent's locks on it (POSIX locks belong to the
  // process and the file), and checkpoint or roll back what is not ours: everything is left lying.
  (void)writer_.release();
  (void)look_.release();
  checkpointer_.abandon();
  wal_.abandon();
  wake_.abandon();
}

void SqliteStore::refuse_foreign_descriptors(std::string_view tried) const {
  refuse_after_fork(tried);
  if (descriptors_intact()) return;
  throw Error(ErrorKind::unavailable,
              fmt::format("{} {} refused: a job has closed the descriptors of this process, and their numbers may name files of its own. "
                          "Close only what you opened; the process is replaced after this job",
                          tried, description()));
}

void SqliteStore::refuse_after_fork(std::string_view tried) const {
  int const here = own_pid();
  if (here == owner_) return;
  throw Error(ErrorKind::refused, fmt::format("{} {} refused: it was opened by process {} and is used by process {} after a fork, which would "
                                              "damage the file. Open the store after the fork, in each process",
                                              tried, description(), owner_, here));
}

TimePoint SqliteStore::now() {
  std::int64_t const seen = clock_.now().time_since_epoch().count();
  std::int64_t last = last_now_.load();
  while (seen > last && !last_now_.compare_exchange_weak(last, seen)) {}
  return TimePoint(Millis(std::max(seen, last)));
}

void SqliteStore::commit(std::string_view tried, std::function<void(Transaction&)> const& body) {
  refuse_foreign_descriptors(tried);
  try {
    std::unique_lock const held(writing_);
    Transaction transaction(
        *writer_, turnstile_, [this] { return now(); }, event_log_);
    body(transaction);
    transaction.commit();
    after_commit(transaction);
  } catch (Failure const& failure) {
    throw to_error(failure, tried, description());
  }
}

void SqliteStore::make_durable(std::string_view tried) {
  try {
    group_.sync();
  } catch (Failure const& failure) {
    throw to_error(failure, tried, description());
  }
}

void SqliteStore::after_commit(Transaction const& done) noexcept {
  for (auto const& [mask, jobs] : done.wakes()) wake_.ring(mask, std::min(jobs, kMostWoken));
  if (checkpointer_.due(*writer_)) checkpointer_.after_commit(*writer_);
}

StoreCapabilities SqliteStore::capabilities() const { return {.across_processes = true, .events = event_log_}; }
std::string SqliteStore::description() const { return "sqlite:" + location_.database; }

}  // namespace kue::sqlite
