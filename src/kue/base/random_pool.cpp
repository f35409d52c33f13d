#include "kue/base/random_pool.hpp"

#include <kue/id.hpp>

#include <sys/mman.h>
#include <sys/random.h>

#include <cstddef>
#include <iterator>

namespace kue {
namespace {

constexpr std::size_t kPageBytes = 4096;

struct Page {
  std::uint64_t left;      // 0 in a fresh page, and after a fork
  std::uint64_t bits[30];  // 240 bytes: getrandom(2) gives up to 256 whole, whatever signal comes
};

// Null: this kernel cannot wipe memory at a fork.
Page* make_page() {
  void* const memory = ::mmap(nullptr, kPageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  if (::madvise(memory, kPageBytes, MADV_WIPEONFORK) == 0) return static_cast<Page*>(memory);
  ::munmap(memory, kPageBytes);
  return nullptr;
}

struct Owner {
  Page* page = make_page();
  Owner() = default;
  Owner(Owner const&) = delete;
  Owner& operator=(Owner const&) = delete;
  ~Owner() {
    if (page != nullptr) ::munmap(page, kPageBytes);
    page = nullptr;
  }
};

}  // namespace

std::pair<std::uint64_t, std::uint64_t> RandomPool::take() {
  thread_local Owner owner;
  Page* const page = owner.page;
  if (page != nullptr && page->left < 2 && ::getrandom(page->bits, sizeof page->bits, 0) == sizeof page->bits) page->left = std::size(page->bits);
  if (page == nullptr || page->left < 2) return {random_bits(), random_bits()};
  page->left -= 2;
  std::uint64_t& first = page->bits[page->left];
  std::uint64_t& second = page->bits[page->left + 1];
  return {std::exchange(first, 0), std::exchange(second, 0)};
}

}  // namespace kue
