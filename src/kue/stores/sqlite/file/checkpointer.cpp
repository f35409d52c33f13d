#include "kue/stores/sqlite/file/checkpointer.hpp"

#include "kue/stores/sqlite/file/disk_space.hpp"
#include "kue/stores/sqlite/file/failure.hpp"
#include "kue/stores/sqlite/file/write_lock.hpp"

#include <fcntl.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace kue::sqlite {
namespace {

// One checkpointer of all processes. An open-file-description lock on the wake file: unlike a POSIX lock it is not
// dropped when some other descriptor is closed, and unlike the turnstile's flock it does not keep writers out.
class OnlyOne {
 public:
  explicit OnlyOne(int descriptor) : descriptor_(descriptor) { taken_ = descriptor < 0 || set(F_WRLCK); }
  ~OnlyOne() {
    if (taken_ && descriptor_ >= 0) set(F_UNLCK);
  }
  OnlyOne(OnlyOne const&) = delete;
  OnlyOne& operator=(OnlyOne const&) = delete;
  explicit operator bool() const { return taken_; }

 private:
  bool set(short type) {
    struct flock range {};
    range.l_type = type;
    range.l_whence = SEEK_SET;
    range.l_start = 0;
    range.l_len = 1;
    return ::fcntl(descriptor_, F_OFD_SETLK, &range) == 0;
  }
  int descriptor_;
  bool taken_ = false;
};

constexpr auto kPatience = std::chrono::milliseconds(100);  // the next commit tries again

}  // namespace

bool Checkpointer::due(Connection const& writer, bool in_a_hurry) const noexcept {
  auto const in_wal = static_cast<std::uint32_t>(writer.wal_frames());
  std::uint32_t const copied = shared_.frames_copied().load();
  std::uint32_t const fresh =
      in_wal >= copied ? in_wal - copied : in_wal;  // fewer than copied: the WAL has begun again
  return fresh >= static_cast<std::uint32_t>(in_a_hurry ? kFramesInAHurry : kFrames);
}

void Checkpointer::after_commit(Connection& writer) noexcept {
  auto const frames = static_cast<std::uint32_t>(writer.wal_frames());
  try {
    OnlyOne const only_one(shared_.descriptor());
    if (!only_one) return;
    if (!alone()) wal_.begin_sync();  // most of the time that a checkpoint takes, here without a lock
    turnstile_.enter();
    copy(writer);
  } catch (...) {
    // A full disk, a reader's lock, a foreign checkpoint: the next commit tries again.
    shared_.frames_copied().store(frames - std::min(frames, static_cast<std::uint32_t>(kFrames) * 9 / 10));
  }
  turnstile_.leave();
}

// Nobody else has written since the last one: then nobody is likely to wait for this one, and a second sync, though of
// nothing, would be a wait for the disk more.
bool Checkpointer::alone() {
  std::uint32_t const others = turnstile_.others();
  return std::exchange(others_, others) == others;
}

void Checkpointer::begin_anew(Connection& writer) {
  WriteLock lock(writer, nullptr, kPatience);
  touch_(writer);
  lock.commit();
  // Not if a reader still needs the old one: then a later commit begins it.
  if (static_cast<std::uint32_t>(writer.wal_frames()) < shared_.frames_copied().load())
    shared_.frames_copied().store(0);
}

void Checkpointer::copy(Connection& writer) {
  if (!connection_) {
    connection_ = std::make_unique<Connection>(location_);
    connection_->settle(Sync::normal);
    connection_->number("PRAGMA page_count");  // opens the WAL
  }
  int in_wal = 0;
  int copied = 0;
  {
    WriteLock const lock(writer, nullptr, kPatience);
    int const code =
        sqlite3_wal_checkpoint_v2(connection_->handle(), "main", SQLITE_CHECKPOINT_PASSIVE, &in_wal, &copied);
    if (code != SQLITE_OK) fail(connection_->handle(), code);
  }
  shared_.frames_copied().store(static_cast<std::uint32_t>(std::max(copied, 0)));
  if (copied == in_wal) begin_anew(writer);
  keep_file_reserve(*connection_, location_);  // the checkpoint has cut the file to its pages
}

}  // namespace kue::sqlite
