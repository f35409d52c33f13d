#include "kue/stores/sqlite/file/wake_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <algorithm>

namespace kue::sqlite {
namespace {

constexpr std::size_t kBytes = 4096;

}  // namespace

WakeFile::WakeFile(std::string const& path) {
  Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) return;
  // Whoever may write the database must also be able to ring: the umask of the first one must not decide.
  if (struct stat database{};
      ::stat(path.substr(0, path.rfind("-wake")).c_str(), &database) == 0 && info.st_uid == ::geteuid()) {
    (void)::fchmod(file.get(), database.st_mode & 0666);
  }
  file_ = std::move(file);  // the locks work even if the memory does not
  // Allocated, not only sized: writing to a hole of a mapped file on a full disk is a SIGBUS.
  if (info.st_size < static_cast<off_t>(kBytes) && ::posix_fallocate(file_.get(), 0, kBytes) != 0) return;
  void* const memory = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
  if (memory == MAP_FAILED) return;
  words_ = static_cast<Words*>(memory);
  mapped_ = true;
}

WakeFile::~WakeFile() {
  if (mapped_) ::munmap(words_, kBytes);
}

void WakeFile::abandon() noexcept { (void)file_.release(); }

std::uint32_t WakeFile::mask_of(std::string_view queue) {
  std::uint32_t hash = 2166136261U;  // FNV-1a: the same in every process and version
  for (char const c : queue) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return 1U << ((hash ^ (hash >> 16)) % 32);
}

std::uint32_t WakeFile::mask_of(std::span<std::string const> queues) {
  if (queues.empty()) return ~0U;
  std::uint32_t mask = 0;
  for (std::string const& queue : queues) mask |= mask_of(std::string_view(queue));
  return mask;
}

bool WakeFile::ring(std::uint32_t mask, int sleepers) noexcept {
  words_->commits.fetch_add(1);
  return words_->sleepers.load() != 0 && futex_wake_masked(words_->commits, mask, sleepers) > 0;
}

bool WakeFile::sleep(std::uint32_t seen, std::uint32_t mask, std::chrono::nanoseconds at_most) noexcept {
  if (at_most.count() <= 0) return true;
  // Counted before the kernel compares the word: a ring that sees no sleeper has changed the word before we get to
  // sleep. A process that is killed here stays counted forever; that costs one extra system call per
  // wake-up.
  words_->sleepers.fetch_add(1);
  bool const time_over = futex_wait_masked(words_->commits, seen, mask, at_most);
  words_->sleepers.fetch_sub(1);
  return time_over;
}

std::uint32_t WakeFile::milliseconds() {
  using std::chrono::steady_clock;
  return static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now().time_since_epoch()).count());
}

// A word from before a restart of the machine may be anything: one that lies ahead says nothing.
bool WakeFile::tended_lately() const noexcept {
  return milliseconds() - words_->tended_at.load() < static_cast<std::uint32_t>(2 * kTendEvery.count());
}

bool WakeFile::take_turn_to_tend() noexcept {
  std::uint32_t seen = words_->tended_at.load();
  std::uint32_t const now = milliseconds();
  if (now - seen < static_cast<std::uint32_t>(kTendEvery.count() * 9 / 10)) return false;
  return words_->tended_at.compare_exchange_strong(seen, now);
}

void WakeFile::wait_for_opening(std::uint32_t seen, std::chrono::milliseconds at_most) noexcept {
  words_->turnstile.waiting.fetch_add(1);
  futex_wait(words_->turnstile.openings, seen, at_most);
  words_->turnstile.waiting.fetch_sub(1);
}

void WakeFile::tell_opening() noexcept {
  words_->turnstile.openings.fetch_add(1);
  if (words_->turnstile.waiting.load() != 0) futex_wake(words_->turnstile.openings, 1);
}

}  // namespace kue::sqlite
