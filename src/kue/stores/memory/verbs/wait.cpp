#include "kue/stores/memory/verbs/store.hpp"

namespace kue::memory {

WaitResult MemoryStore::wait(WaitRequest const& request) {
  // The order matters: first the bell's count, then the look. Whatever happens after the look rings, and the sleep sees
  // the other count. A job that is there already ends the wait before it begins.
  std::uint32_t const strokes = bell_.strokes();
  if (bell_.take_interrupt()) return {};
  {
    Lock const held = lock();
    auto const queues = open_queues(request.queues);
    for (std::string const& queue : queues) tables_.make_due(queue);
    if (work_left(queues)) return {};
  }
  bell_.sleep(strokes, request.until - clock_.steady_now());
  return {};
}

void MemoryStore::interrupt() noexcept { bell_.interrupt(); }
void MemoryStore::wake(std::span<std::string const>) noexcept { bell_.ring(); }

}  // namespace kue::memory
