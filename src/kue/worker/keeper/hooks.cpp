#include "kue/worker/keeper/hooks.hpp"

#include <pthread.h>

#include <csignal>
#include <memory>

namespace kue::worker {

Hooks::Hooks() : line_(std::make_shared<Line>()) {
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread([line = line_] {
    std::unique_lock lock(line->mutex);
    while (true) {
      line->changed.wait(lock, [&] { return !line->waiting.empty(); });
      std::function<void()> const hook = std::move(line->waiting.front());
      line->waiting.pop_front();
      line->busy = true;
      lock.unlock();
      hook();
      lock.lock();
      line->busy = false;
      line->changed.notify_all();
    }
  }).detach();
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void Hooks::call(std::function<void()> hook) {
  std::lock_guard const lock(line_->mutex);
  line_->waiting.push_back(std::move(hook));
  line_->changed.notify_all();
}

void Hooks::finish(Millis patience) {
  std::unique_lock lock(line_->mutex);
  line_->changed.wait_for(lock, patience, [&] { return line_->waiting.empty() && !line_->busy; });
}

}  // namespace kue::worker
