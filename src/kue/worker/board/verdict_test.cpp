#include "kue/worker/board/verdict.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace kue::worker {
namespace {

using Kind = Outcome::Kind;

EntryView entry(EntryState state = EntryState::running) {
  EntryView view;
  view.word.state = state;
  view.timeout = Millis(2000);
  return view;
}

TEST(Verdict, of_a_process_that_nobody_killed) {
  EXPECT_EQ(verdict({.wait_status = SIGSEGV}, entry(), Millis(0)).kind, Kind::crashed);
  EXPECT_EQ(verdict({.wait_status = SIGSEGV}, entry(), Millis(0)).failure.signal, SIGSEGV);
  EXPECT_EQ(verdict({.wait_status = 3 << 8}, entry(), Millis(0)).failure.type, "exit");
  EXPECT_EQ(verdict({.wait_status = SIGKILL}, entry(), Millis(0)).kind, Kind::crashed);
  EXPECT_EQ(verdict({.wait_status = SIGKILL, .out_of_memory = true}, entry(), Millis(0)).kind, Kind::oom);
  EXPECT_EQ(verdict({.wait_status = SIGSEGV, .out_of_memory = true}, entry(), Millis(0)).kind, Kind::crashed);
}

TEST(Verdict, of_a_process_that_we_killed) {
  EXPECT_EQ(verdict({.wait_status = SIGKILL, .cause = KillCause::stop}, entry(EntryState::condemned), Millis(0)).kind,
            Kind::interrupted);
  EXPECT_EQ(verdict({.wait_status = SIGKILL, .cause = KillCause::master_died}, entry(), Millis(0)).kind,
            Kind::interrupted);
  Outcome const over =
      verdict({.wait_status = SIGKILL, .cause = KillCause::hard_timeout}, entry(EntryState::condemned), Millis(10'000));
  EXPECT_EQ(over.kind, Kind::hard_timeout);
  EXPECT_EQ(over.failure.message, "killed: still running 10.000 s after its time-out of 2.000 s");
}

TEST(Verdict, of_a_process_that_we_killed_because_its_job_was_cancelled) {
  Death const death{.wait_status = SIGKILL, .cause = KillCause::cancelled};
  Outcome const cancelled = verdict(death, entry(EntryState::condemned), Millis(10'000));
  EXPECT_EQ(cancelled.kind, Kind::cancelled);
  EXPECT_EQ(cancelled.failure.message, "killed: still running 10.000 s after it was cancelled");
  EXPECT_EQ(verdict(death, entry(EntryState::running), Millis(0)).kind, Kind::crashed)
      << "another job of that process, if there were one";
}

TEST(Verdict, a_crash_at_the_moment_of_a_stop_is_still_a_crash) {
  EXPECT_EQ(verdict({.wait_status = SIGSEGV, .cause = KillCause::stop}, entry(), Millis(0)).kind, Kind::crashed);
}

TEST(Verdict, names_signals_and_exit_codes) {
  EXPECT_EQ(describe_wait_status(SIGSEGV), "signal 11 (Segmentation fault)");
  EXPECT_EQ(describe_wait_status(SIGABRT | 0x80), "signal 6 (Aborted)");
  EXPECT_EQ(describe_wait_status(3 << 8), "exit code 3");
}

}  // namespace
}  // namespace kue::worker
