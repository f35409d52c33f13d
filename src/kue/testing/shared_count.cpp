#include <kue/error.hpp>
#include <kue/testing/shared_count.hpp>

#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <string>

namespace kue::testing {

SharedCount::SharedCount(std::int64_t start) {
  void* const page = ::mmap(nullptr, sizeof *value_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED)
    throw Error(ErrorKind::unavailable, std::string("no shared memory for a count: ") + std::strerror(errno));
  value_ = new (page) std::atomic<std::int64_t>(start);
}

SharedCount::~SharedCount() { ::munmap(value_, sizeof *value_); }

}  // namespace kue::testing
