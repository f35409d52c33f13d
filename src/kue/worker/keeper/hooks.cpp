#include "kue/worker/keeper/hooks.hpp"

#include "kue/base/signals_blocked.hpp"

#include <memory>

namespace kue::worker {

Hooks::Hooks() : line_(std::make_shared<Line>()) {
  SignalsBlocked const blocked;
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
