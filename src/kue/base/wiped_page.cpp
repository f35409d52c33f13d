#include "kue/base/wiped_page.hpp"

#include <sys/mman.h>

namespace kue {

void* wiped_page() noexcept {
  void* const memory = ::mmap(nullptr, kWipedPageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  if (::madvise(memory, kWipedPageBytes, MADV_WIPEONFORK) == 0) return memory;
  ::munmap(memory, kWipedPageBytes);
  return nullptr;
}

void give_back_wiped_page(void* page) noexcept {
  if (page != nullptr) ::munmap(page, kWipedPageBytes);
}

}  // namespace kue
