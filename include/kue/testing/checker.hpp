#pragma once
// Checker: reads what a store, its producers and its jobs wrote down, and says whether the promise was kept.
//
//   kue::testing::History history = kue::testing::read_history(*store);   // needs StoreOptions::event_log
//   history.runs = kue::testing::read_journals(directory);                // written by the jobs themselves
//   kue::testing::Verdict verdict = kue::testing::check(history);
//   fmt::print("{}", verdict.text());                                     // counts, then the first counter-example
//
// Shares nothing with the product but the transition table (kue/state.hpp). Runs are counted from the jobs' own
// journal, never from the store's tables. Order is that of the store's sequence; times of the journal are compared
// because all its processes read one monotonic clock: a history is of one machine and one boot. Pure; any thread.

#include <kue/state.hpp>
#include <kue/store.hpp>
#include <kue/testing/journal.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kue::testing {

// What must hold. Each violation names one.
enum class Rule : std::uint8_t {
  lost,                // an accepted job has neither a row nor a final state on record
  ghost,               // a job that nobody pushed, or whose push was refused
  two_rows,            // two rows with one id
  record_differs,      // the row does not say what the last event says
  event_order,         // the log's sequence does not rise
  broken_chain,        // an event does not start where the one before it ended
  illegal_transition,  // not a row of the transition table
  final_changed,       // completed became something else, or another final state did without a person
  claim_no,            // did not rise by exactly one, or an event carries another one than the claim it ends
  fence,               // a write was accepted from somebody who did not hold the job
  false_stale,         // a write was refused although its holder held the job
  early_claim,         // claimed before its run_at
  unexplained_run,     // a run without its claim, or a second run without a recorded reason in between
  overlap,             // two runs of a job alive at once, without node_lost in between
  never_ran,           // completed, but no run of that claim came to its end
  untrue_reason,       // the reason on record is not what the job's journal shows
  counters,            // attempt, crashes, node losses or interruptions are not what the events add up to
  args_changed,        // arguments at the run are not those of the push
  not_drained,         // not in a final state, though all should be
  torn_journal,        // a line that cannot be read, not at the end of a file
};
std::string_view to_string(Rule rule);

struct History {
  std::vector<Event> events = {};  // in the order of the log
  std::vector<JobRecord> records = {};
  std::optional<Journal> pushes = {};  // none: the producers kept no journal; every push event counts as accepted
  std::optional<Journal> runs = {};    // none: the jobs kept no journal; nothing is said about runs
  bool drained = false;                // all jobs should be final
};

struct Violation {
  Rule rule{};
  JobId job = {};         // nil: of no single job
  std::string text = {};  // a sentence
};

struct Verdict {
  std::int64_t accepted = 0, completed = 0, discarded = 0, cancelled = 0, waiting = 0, running = 0, pruned = 0,
               removed = 0;
  std::int64_t lost = 0, ghosts = 0, unexplained = 0, overlaps = 0, illegal = 0;
  std::int64_t overlaps_after_node_lost = 0;                // allowed by the promise
  std::int64_t stale_writes = 0;                            // refused by the fence, as they must be
  std::int64_t runs = 0;                                    // run_begin lines
  std::int64_t runs_cut_short = 0;                          // of these, without a run_end: their process died
  std::int64_t finished_but_run_again = 0;                  // had returned, but died before the store knew
  std::map<std::string, std::int64_t> runs_by_reason = {};  // "first", or why the run before was not the last
  std::map<std::string, std::int64_t> ends_by_reason = {};  // how claims ended, from the events
  std::vector<Violation> violations = {};
  std::string counter_example = {};  // of the first violation: every line of its job

  bool ok() const { return violations.empty(); }
  std::int64_t count(Rule rule) const;
  std::string text() const;
};

Verdict check(History const& history);
History read_history(Store& store);  // events and records; throws what the store throws

}  // namespace kue::testing
