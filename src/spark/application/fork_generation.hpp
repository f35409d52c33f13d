#pragma once
// ForkGeneration: tells an object with a mutex that it now lives in a child process, and keeps that mutex usable there.
//
//   watch_forks(mutex_);  if (seen_ != fork_generation()) abandon_what_the_parent_had();
//
// fork() copies only the calling thread. A mutex that another thread held at that moment would stay locked in the child
// forever, so pthread_atfork takes every registered mutex before the fork and frees it on both sides.

#include <cstdint>
#include <mutex>

namespace spark {

std::uint64_t fork_generation() noexcept;  // 0 in the first process, one more in each child of a child

void watch_forks(std::mutex& mutex);  // the mutex must never be held while a factory, or fork itself, runs
void unwatch_forks(std::mutex& mutex);

}  // namespace spark
