// What the runs of one job must be, against its claims: each has one, a second one has a reason, no two at once.

#include "kue/testing/trail.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace kue::testing {
namespace {

ClaimTale const* claim_of(Trail const& trail, std::uint32_t claim_no) {
  auto const found = std::find_if(trail.claims.begin(), trail.claims.end(),
                                  [&](ClaimTale const& c) { return c.start->claim_no == claim_no; });
  return found == trail.claims.end() ? nullptr : &*found;
}

// Did a claim from `first` on, and before `last`, end because its node was thought dead?
bool node_lost_between(Trail const& trail, std::uint32_t first, std::uint32_t last) {
  return std::any_of(trail.claims.begin(), trail.claims.end(), [&](ClaimTale const& claim) {
    return claim.start->claim_no >= first && claim.start->claim_no < last && claim.end != nullptr &&
           claim.end->reason == Reason::node_lost;
  });
}

void unexplained(Trail const& trail, Verdict& verdict, std::string text) {
  ++verdict.unexplained;
  ++verdict.runs_by_reason["unexplained"];
  add(verdict, Rule::unexplained_run, trail.job, std::move(text));
}

// Why there was this run: nothing before it, or what ended the claim of the run before.
void explain(Trail const& trail, std::size_t index, std::set<std::uint32_t>& seen, Verdict& verdict) {
  Run const& run = trail.runs[index];
  if (!seen.insert(run.claim_no()).second) {
    return unexplained(trail, verdict, fmt::format("claim {} was run twice", run.claim_no()));
  }
  if (claim_of(trail, run.claim_no()) == nullptr) {
    return unexplained(
        trail, verdict,
        fmt::format("process {} ran claim {}, which the store never gave", run.begin->pid, run.claim_no()));
  }
  if (index == 0) {
    ++verdict.runs_by_reason["first"];
    return;
  }
  Run const& before = trail.runs[index - 1];
  if (before.claim_no() > run.claim_no() && !node_lost_between(trail, run.claim_no(), before.claim_no())) {
    return unexplained(
        trail, verdict,
        fmt::format("the run of claim {} began after that of claim {}", run.claim_no(), before.claim_no()));
  }
  ClaimTale const* ended = claim_of(trail, std::min(before.claim_no(), run.claim_no()));
  if (ended == nullptr || ended->end == nullptr) {
    return unexplained(trail, verdict,
                       fmt::format("no event ended claim {}, and yet claim {} ran", before.claim_no(), run.claim_no()));
  }
  bool const was_final = ended->end->to && is_final(*ended->end->to);
  ++verdict.runs_by_reason[std::string(to_string(was_final ? Reason::retried : ended->end->reason))];
}

void overlap(Trail const& trail, Run const& later, std::uint32_t earlier_claim, int earlier_pid, Verdict& verdict) {
  std::uint32_t const claim_no = later.claim_no();
  if (node_lost_between(trail, std::min(earlier_claim, claim_no), std::max(earlier_claim, claim_no))) {
    ++verdict.overlaps_after_node_lost;
    return;
  }
  ++verdict.overlaps;
  add(verdict, Rule::overlap, trail.job,
      fmt::format("claim {} in process {} began while claim {} was alive in process {}", claim_no, later.begin->pid,
                  earlier_claim, earlier_pid));
}

void check_overlaps(Trail const& trail, std::size_t index, Verdict& verdict) {
  Run const& run = trail.runs[index];
  for (std::size_t before = 0; before < index; ++before) {
    Run const& other = trail.runs[before];
    bool const alive = other.alive_until > run.begin->at_ns;
    bool const seen = run.begin->alongside != 0 && other.begin->pid == run.begin->alongside && other.end == nullptr;
    if (alive || seen) return overlap(trail, run, other.claim_no(), other.begin->pid, verdict);
  }
  if (run.begin->alongside != 0) overlap(trail, run, run.claim_no() - 1, run.begin->alongside, verdict);
}

// The reasons of the store against the words of the job itself.
void check_reason(Trail const& trail, ClaimTale const& claim, Verdict& verdict) {
  if (claim.end == nullptr) return;
  std::uint32_t const claim_no = claim.start->claim_no;
  auto const run =
      std::find_if(trail.runs.begin(), trail.runs.end(), [&](Run const& r) { return r.claim_no() == claim_no; });
  bool const began = run != trail.runs.end();
  switch (claim.end->reason) {
    case Reason::completed:
      if (!began || !run->returned()) {
        add(verdict, Rule::never_ran, trail.job,
            fmt::format("completed by claim {}, of which no run came to its end", claim_no));
      }
      break;
    case Reason::error:
      if (!began || run->end == nullptr || run->returned()) {
        add(verdict, Rule::untrue_reason, trail.job,
            fmt::format("claim {} is said to have failed, but its run did not throw", claim_no));
      }
      break;
    case Reason::returned:
      if (began)
        add(verdict, Rule::untrue_reason, trail.job,
            fmt::format("claim {} was given back as never started, but it ran", claim_no));
      break;
    default: break;
  }
}

void check_begin(Trail const& trail, Run const& run, Verdict& verdict) {
  ClaimTale const* claim = claim_of(trail, run.claim_no());
  if (claim != nullptr && run.begin->attempt != 0 && run.begin->attempt != claim->attempt_before + 1) {
    add(verdict, Rule::counters, trail.job,
        fmt::format("the run of claim {} was told attempt {}, but {} were counted before", run.claim_no(),
                    run.begin->attempt, claim->attempt_before));
  }
  for (JournalLine const* push : trail.pushes) {
    if (push->args_hash && run.begin->args_hash && *push->args_hash != *run.begin->args_hash) {
      add(verdict, Rule::args_changed, trail.job,
          fmt::format("pushed with arguments {:016x}, run with {:016x}", *push->args_hash, *run.begin->args_hash));
      return;
    }
  }
}

}  // namespace

void check_runs(Trail const& trail, Verdict& verdict) {
  std::set<std::uint32_t> seen;
  for (std::size_t index = 0; index < trail.runs.size(); ++index) {
    Run const& run = trail.runs[index];
    ++verdict.runs;
    if (run.end == nullptr) ++verdict.runs_cut_short;
    explain(trail, index, seen, verdict);
    check_overlaps(trail, index, verdict);
    check_begin(trail, run, verdict);
    ClaimTale const* claim = claim_of(trail, run.claim_no());
    bool const known = claim != nullptr && claim->end != nullptr && claim->end->reason == Reason::completed;
    if (run.returned() && !known && index + 1 < trail.runs.size()) ++verdict.finished_but_run_again;
  }
  for (JournalLine const* end : trail.ends_without_begin) {
    unexplained(trail, verdict,
                fmt::format("process {} ended a run of claim {} that it never began", end->pid, end->claim_no));
  }
  for (ClaimTale const& claim : trail.claims) check_reason(trail, claim, verdict);
}

}  // namespace kue::testing
