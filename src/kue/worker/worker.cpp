#include <kue/worker.hpp>

#include <exception>

namespace kue {

Worker& Worker::on(WorkerEvent event, EventHandler handler) {
  handlers_[event].push_back(std::move(handler));
  return *this;
}

// A handler is not the job: what it throws is logged and changes nothing.
void Worker::emit(EventInfo const& info) {
  auto const found = handlers_.find(info.event);
  if (found == handlers_.end()) return;
  for (EventHandler const& handler : found->second) {
    try {
      handler(info);
    } catch (std::exception const& error) {
      Logger(options_.log).error("an event handler threw: {}", error.what());
    } catch (...) {
      Logger(options_.log).error("an event handler threw something that is no exception");
    }
  }
}

}  // namespace kue
