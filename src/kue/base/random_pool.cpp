#include "kue/base/random_pool.hpp"

#include "kue/base/wiped_page.hpp"

#include <kue/id.hpp>

#include <sys/random.h>

#include <cstddef>

namespace kue {
namespace {

struct Page {
  std::uint64_t left;  // 0 in a fresh page, and after a fork
  std::uint64_t bits[kWipedPageBytes / sizeof(std::uint64_t) - 1];

  // More than 256 bytes may come in part, when a signal does.
  void fill() {
    ssize_t const got = ::getrandom(bits, sizeof bits, 0);
    left = got > 0 ? static_cast<std::size_t>(got) / sizeof bits[0] : 0;
  }
};
static_assert(sizeof(Page) == kWipedPageBytes);

struct Owner {
  Page* page = static_cast<Page*>(wiped_page());
  Owner() = default;
  Owner(Owner const&) = delete;
  Owner& operator=(Owner const&) = delete;
  ~Owner() {
    give_back_wiped_page(page);
    page = nullptr;
  }
};

}  // namespace

std::pair<std::uint64_t, std::uint64_t> RandomPool::take() {
  thread_local Owner owner;
  Page* const page = owner.page;
  if (page != nullptr && page->left < 2) page->fill();
  if (page == nullptr || page->left < 2) return {random_bits(), random_bits()};
  page->left -= 2;
  std::uint64_t& first = page->bits[page->left];
  std::uint64_t& second = page->bits[page->left + 1];
  return {std::exchange(first, 0), std::exchange(second, 0)};
}

}  // namespace kue
