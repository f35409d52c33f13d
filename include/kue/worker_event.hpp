#pragma once
// WorkerEvent: what happens in a worker, told to handlers where it happens.
//
//   worker.on(kue::WorkerEvent::crash, [](kue::EventInfo const& e) { alert(e.kind, e.failure.message); });
//
// A handler that throws is logged and ignored.

#include <kue/clock.hpp>
#include <kue/id.hpp>
#include <kue/outcome.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace kue {

enum class WorkerEvent {
  init,         // child: before a run
  success,      // child: completed, and the store has it
  exception,    // child: run threw or timed out
  retry,        // child or keeper: will be tried again
  discard,      // child or keeper: will not
  crash,        // keeper: a job's process died
  timeout,      // keeper: a job was killed over its hard time-out
  interrupted,  // child or keeper: given back at a stop
  before_fork,  // master, before each child
  after_fork,   // child, first thing: open connections here
  child_exit,   // master: a child has ended
  idle,         // child: nothing to do
  shutdown,     // master: a stop was asked for
};

struct EventInfo {
  WorkerEvent event{};
  int pid = 0;     // of the child concerned
  JobId job = {};  // nil for events without a job
  std::string kind = {}, queue = {};
  std::uint32_t attempt = 0;
  Millis duration{0};  // of the run
  Failure failure = {};
  int wait_status = 0;  // child_exit, crash: as waitpid(2) gives it
};

using EventHandler = std::function<void(EventInfo const&)>;

}  // namespace kue
