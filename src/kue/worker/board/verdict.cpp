#include "kue/worker/board/verdict.hpp"

#include "kue/base/seconds.hpp"

#include <fmt/format.h>

#include <sys/wait.h>

#include <csignal>
#include <cstring>

namespace kue::worker {
namespace {

bool killed(int wait_status) { return WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGKILL; }

Outcome interrupted_by(char const* why) {
  return {.kind = Outcome::Kind::interrupted, .failure = {.type = "stop", .message = why, .signal = SIGKILL}};
}

}  // namespace

std::string describe_wait_status(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    int const signal = WTERMSIG(wait_status);
    char const* const name = ::strsignal(signal);
    return fmt::format("signal {} ({})", signal, name != nullptr ? name : "unknown");
  }
  return fmt::format("exit code {}", WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : wait_status);
}

Outcome verdict(Death const& death, EntryView const& job, Millis hard_grace) {
  // Condemned stands before the signal: whatever the process did in between, it was over its limit.
  if (job.word.state == EntryState::condemned && death.cause == KillCause::hard_timeout) {
    return {.kind = Outcome::Kind::hard_timeout,
            .failure = {.type = "timeout",
                        .message = fmt::format("killed: still running {:.3f} s after its time-out of {:.3f} s",
                                               seconds(hard_grace), seconds(job.timeout)),
                        .signal = SIGKILL}};
  }
  if (job.word.state == EntryState::condemned && death.cause == KillCause::cancelled) {
    return {.kind = Outcome::Kind::cancelled,
            .failure = {
                .type = "cancel",
                .message = fmt::format("killed: still running {:.3f} s after it was cancelled", seconds(hard_grace)),
                .signal = SIGKILL}};
  }
  if (killed(death.wait_status) && death.cause == KillCause::stop)
    return interrupted_by("killed: the worker had to stop before the job ended");
  if (killed(death.wait_status) && death.cause == KillCause::master_died)
    return interrupted_by("killed: the worker's master died");
  if (killed(death.wait_status) && death.cause == KillCause::none && death.out_of_memory) {
    return {.kind = Outcome::Kind::oom,
            .failure = {.type = "oom", .message = "the kernel killed the process: out of memory", .signal = SIGKILL}};
  }
  if (WIFSIGNALED(death.wait_status)) {
    return {.kind = Outcome::Kind::crashed,
            .failure = {.type = "signal",
                        .message = "the process died by " + describe_wait_status(death.wait_status),
                        .signal = WTERMSIG(death.wait_status)}};
  }
  return {.kind = Outcome::Kind::crashed,
          .failure = {.type = "exit",
                      .message = "the job ended its process with " + describe_wait_status(death.wait_status)}};
}

}  // namespace kue::worker
