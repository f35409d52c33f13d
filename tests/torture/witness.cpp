#include "witness.hpp"

#include <kue/error.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace torture {
namespace {

// One byte of the lock file a job: the random part of its id. Two of some ten thousand jobs never meet in 62 bits.
off_t place_of(kue::JobId job) {
  std::uint64_t place = 0;
  for (std::size_t i = 8; i < 16; ++i) place = (place << 8) | job.bytes()[i];
  return static_cast<off_t>(place & 0x3fff'ffff'ffff'ffffU);
}

struct flock byte_of(kue::JobId job, short type) {
  struct flock byte {};
  byte.l_type = type;
  byte.l_whence = SEEK_SET;
  byte.l_start = place_of(job);
  byte.l_len = 1;
  return byte;
}

}  // namespace

// The lock file is opened once a process: closing any descriptor of it would drop all POSIX locks of the process.
Witness::Witness(std::string const& directory) : journal_(directory + "/runs") {
  std::string const path = directory + "/locks";
  locks_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (locks_ < 0)
    throw kue::Error(kue::ErrorKind::unavailable, fmt::format("cannot open {}: {}", path, std::strerror(errno)));
}

Witness::~Witness() { ::close(locks_); }

int Witness::lock(kue::JobId job) {
  while (true) {
    struct flock byte = byte_of(job, F_WRLCK);
    if (::fcntl(locks_, F_SETLK, &byte) == 0) return 0;
    if (errno != EACCES && errno != EAGAIN && errno != EINTR) {
      throw kue::Error(kue::ErrorKind::unavailable,
                       fmt::format("cannot lock job {}: {}", job.str(), std::strerror(errno)));
    }
    byte = byte_of(job, F_WRLCK);
    if (::fcntl(locks_, F_GETLK, &byte) == 0 && byte.l_type != F_UNLCK) return byte.l_pid;
  }  // the other let go between the two calls: it is ours to try again
}

void Witness::unlock(kue::JobId job) {
  struct flock byte = byte_of(job, F_UNLCK);
  ::fcntl(locks_, F_SETLK, &byte);
}

void Witness::begin(kue::Context& ctx, std::uint64_t args_hash) {
  int const other = lock(ctx.id());
  journal_.run_begin(ctx.id(), ctx.claim_no(), ctx.attempt(), args_hash, other);
}

void Witness::end(kue::Context& ctx, std::string_view how) {
  journal_.run_end(ctx.id(), ctx.claim_no(), how);
  unlock(ctx.id());
}

}  // namespace torture
