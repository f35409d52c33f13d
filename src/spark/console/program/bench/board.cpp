#include "spark/console/program/bench/board.hpp"

#include "kue/base/fd.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

namespace spark::bench {
namespace {

[[noreturn]] void fail_with(char const* what, std::string const& path) {
  throw kue::Error(kue::ErrorKind::unavailable,
                   fmt::format("cannot {} the benchmark's board {}: {}", what, path, std::strerror(errno)));
}

std::size_t size_for(std::uint64_t jobs) { return sizeof(Header) + jobs * sizeof(Mark); }

}  // namespace

std::int64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

void Board::make(std::string const& path, std::uint64_t jobs) {
  kue::Fd const file(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) fail_with("make", path);
  if (::ftruncate(file.get(), static_cast<off_t>(size_for(jobs))) != 0) fail_with("size", path);
  if (::pwrite(file.get(), &jobs, sizeof jobs, 0) != sizeof jobs) fail_with("write", path);
}

Board::Board(std::string const& path) {
  kue::Fd const file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!file) fail_with("open", path);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail_with("look at", path);
  size_ = static_cast<std::size_t>(status.st_size);
  void* const at = ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
  if (at == MAP_FAILED) fail_with("map", path);
  header_ = static_cast<Header*>(at);
  marks_ = reinterpret_cast<Mark*>(header_ + 1);
}

Board::~Board() { ::munmap(header_, size_); }

void Board::start(std::uint64_t number) {
  static int const here = ::getpid();  // jobs run in children only, and these do not fork
  std::int64_t const now = now_ns();
  if (number >= jobs()) return fail("a job ran whose number was never given");
  Mark& mine = mark(number);
  mine.runs.fetch_add(1, std::memory_order_relaxed);
  mine.pid.store(here, std::memory_order_relaxed);
  mine.started_at.store(now, std::memory_order_relaxed);
  std::int64_t none = 0;
  header_->first_start.compare_exchange_strong(none, now);
}

void Board::end() {
  std::int64_t const now = now_ns();
  std::int64_t last = header_->last_end.load(std::memory_order_relaxed);
  while (last < now && !header_->last_end.compare_exchange_weak(last, now)) {}
  header_->ended.fetch_add(1, std::memory_order_release);
}

void Board::fail(char const* why) {
  if (header_->failed.load() != 0) return;
  std::strncpy(header_->failure, why, sizeof header_->failure - 1);
  header_->failed.store(1, std::memory_order_release);
}

}  // namespace spark::bench
