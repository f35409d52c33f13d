#include "spark/application/fork_generation.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <vector>

namespace spark {
namespace {

struct Watch {
  std::mutex mutex;  // taken before any of the watched ones
  std::vector<std::mutex*> watched;
};

// Never destroyed: a fork handler may run while static objects are being destroyed.
Watch& watch() {
  static Watch* const instance = new Watch;
  return *instance;
}

std::atomic<std::uint64_t> generation{0};

void before_fork() {
  watch().mutex.lock();
  for (std::mutex* mutex : watch().watched) mutex->lock();
}

void free_all() {
  for (auto it = watch().watched.rbegin(); it != watch().watched.rend(); ++it) (*it)->unlock();
  watch().mutex.unlock();
}

void after_fork_in_child() {
  generation.fetch_add(1);
  free_all();
}

}  // namespace

std::uint64_t fork_generation() noexcept { return generation.load(); }

void watch_forks(std::mutex& mutex) {
  static bool const registered = pthread_atfork(before_fork, free_all, after_fork_in_child) == 0;
  (void)registered;  // fails only without memory
  std::lock_guard lock(watch().mutex);
  watch().watched.push_back(&mutex);
}

void unwatch_forks(std::mutex& mutex) {
  std::lock_guard lock(watch().mutex);
  std::erase(watch().watched, &mutex);
}

}  // namespace spark
