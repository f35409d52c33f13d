#pragma once
// wiped_page: memory that is all zeros again in a forked child, for what must not outlive a fork.
//
// The kernel wipes it when it copies the process, by fork(2) or a bare clone(2). Who shares our memory instead
// (vfork(2)) may only exec.

#include <cstddef>

namespace kue {

inline constexpr std::size_t kWipedPageBytes = 4096;

void* wiped_page() noexcept;  // null: this kernel cannot, or has no memory
void give_back_wiped_page(void* page) noexcept;

}  // namespace kue
