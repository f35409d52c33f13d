#pragma once
// Interrupt: Ctrl-C and TERM while a command waits, so that it can leave its terminal as it was and say a last word.
//
//   Interrupt interrupt;
//   while (!interrupt.within(1s)) draw();      // true: asked to end
//
// Made before the first thread of the command; while it lives INT, TERM and HUP end nothing by themselves.

#include <kue/clock.hpp>

#include <csignal>

namespace spark {

class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(Interrupt const&) = delete;

  bool within(kue::Millis time);  // waits at most so long; true: a signal has come
  int signal() const { return signal_; }

 private:
  sigset_t signals_{}, before_{};
  int signal_ = 0;
};

}  // namespace spark
