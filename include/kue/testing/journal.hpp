#pragma once
// Journal: what producers and jobs themselves say happened, for the checker. Independent of the store's tables.
//
//   kue::testing::JournalWriter journal(directory);                      // one file a process: journal.<pid>
//   journal.run_begin(ctx.id(), ctx.claim_no(), ctx.attempt(), hash);     // in the job, first thing
//   journal.run_end(ctx.id(), ctx.claim_no(), "returned");                // last thing; a killed process never says it
//   kue::testing::Journal all = kue::testing::read_journals(directory);
//
// One event a line, one write(2) a line with O_APPEND, so SIGKILL loses nothing that was written. The last line of a
// file may be torn (its process was killed inside the write); a torn line anywhere else is kept in `torn` and refused
// by the checker.
// The writer is for one thread of one process: make a new one after a fork. Throws Error(unavailable) when it cannot
// write.

#include <kue/clock.hpp>
#include <kue/id.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kue::testing {

enum class JournalVerb : std::uint8_t { push_begin, push_ok, push_unknown, push_refused, run_begin, run_end };

struct JournalLine {
  JournalVerb verb{};
  JobId job = {};
  std::uint32_t claim_no = 0;  // run lines
  std::uint32_t attempt = 0;   // run_begin
  int pid = 0;                 // run lines
  int alongside = 0;           // run_begin: a process that was seen running this very job at that moment; 0: none
  std::int64_t at_ns = 0;      // run lines: CLOCK_MONOTONIC, one clock for all processes of a machine
  std::optional<std::uint64_t> args_hash = {};  // push_ok, run_begin: of the arguments, any hash
  std::optional<TimePoint> run_at = {};         // push lines: not before
  std::string how = {};                         // run_end: returned, threw, interrupted
};

struct Journal {
  std::vector<JournalLine> lines = {};  // in the order of the files
  std::vector<std::string> torn = {};   // lines that cannot be read, with file and number
};

std::string to_text(JournalLine const& line);                          // with its newline
std::optional<JournalLine> parse_journal_line(std::string_view text);  // without its newline
void read_journal(std::string_view name, std::string_view text, Journal& into);
Journal read_journals(std::string const& path);  // a file, or every file of a directory; throws Error(not_found)

std::int64_t monotonic_ns();
std::uint64_t hash_of(std::string_view text);  // FNV-1a, 64 bits

class JournalWriter {
 public:
  explicit JournalWriter(std::string const& directory);  // appends to DIRECTORY/journal.<pid>
  JournalWriter(JournalWriter const&) = delete;
  ~JournalWriter();

  void write(JournalLine const& line);
  void run_begin(JobId job, std::uint32_t claim_no, std::uint32_t attempt, std::uint64_t args_hash, int alongside = 0);
  void run_end(JobId job, std::uint32_t claim_no, std::string_view how);

 private:
  std::string path_;
  int file_ = -1;
};

}  // namespace kue::testing
