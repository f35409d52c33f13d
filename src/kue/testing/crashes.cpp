#include "kue/testing/crashes.hpp"

#include <unistd.h>

namespace kue::testing {
namespace {

Crashes const* active = nullptr;  // set before the worker forks, read by its processes

[[noreturn]] void die(Crash const& crash) {
  if (crash.exit_code) ::_exit(*crash.exit_code);
  ::signal(crash.signal, SIG_DFL);  // a test framework or a sanitizer may have taken it
  sigset_t only;
  ::sigemptyset(&only);
  ::sigaddset(&only, crash.signal);
  ::pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  ::kill(::getpid(), crash.signal);
  for (;;) ::pause();  // until it arrives
}

}  // namespace

Crashes::Crashes(std::vector<Crash> const& ordered) {
  for (Crash const& crash : ordered) orders_.push_back({crash, std::make_unique<SharedCount>(crash.times)});
}

void Crashes::come(Crash::Point point, std::string_view kind, std::string_view mark) const {
  for (Order const& order : orders_) {
    bool const meant =
        order.crash.at == point && (order.crash.kind.empty() || order.crash.kind == kind) && order.crash.mark == mark;
    if (meant && --*order.left >= 0) die(order.crash);
  }
}

Registry Crashes::around(Registry const& registry) const {
  Registry with_crashes;
  for (std::string const& kind : registry.kinds()) {
    JobType type = *registry.find(kind);
    type.run = [this, kind, run = std::move(type.run)](std::string_view args, Context& context, Services& services) {
      come(Crash::before_run, kind);
      Outcome outcome = run(args, context, services);
      come(Crash::after_run, kind);
      return outcome;
    };
    with_crashes.add(std::move(type));
  }
  return with_crashes;
}

void set_crashes(Crashes const* crashes) { active = crashes; }

void crash_mark(std::string_view mark) {
  if (active != nullptr) active->come(Crash::at_mark, current_job().kind(), mark);
}

}  // namespace kue::testing
