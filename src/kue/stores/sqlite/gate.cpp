#include "kue/stores/sqlite/gate.hpp"

#include <sys/file.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace kue::sqlite {

using namespace std::chrono_literals;

void Gate::enter() {
  if (descriptor_ < 0) return;
  // Not the blocking flock: it has no time limit, and a child forked by a job may hold the descriptor for as long as it lives.
  auto const give_up_at = std::chrono::steady_clock::now() + 250ms;
  for (auto pause = 20us;; pause = std::min<std::chrono::microseconds>(pause * 2, 500us)) {
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) {
      inside_ = true;
      return;
    }
    if (std::chrono::steady_clock::now() >= give_up_at) return;
    std::this_thread::sleep_for(pause);
  }
}

void Gate::leave() {
  if (!inside_) return;
  ::flock(descriptor_, LOCK_UN);
  inside_ = false;
}

}  // namespace kue::sqlite
