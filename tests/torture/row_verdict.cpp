#include "row_verdict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace torture {
namespace {

using kue::testing::History;
using kue::testing::JournalLine;
using kue::testing::JournalVerb;
using kue::testing::Rule;
using kue::testing::Verdict;

// What was written down about one job.
struct Tale {
  JournalLine const* push = nullptr;
  kue::JobRecord const* row = nullptr;     // a store cannot have two: its ids are unique
  std::vector<JournalLine const*> begins;  // by time
  std::map<std::uint32_t, JournalLine const*> ends;

  JournalLine const* end_of(JournalLine const& begin) const {
    auto const found = ends.find(begin.claim_no);
    return found == ends.end() ? nullptr : found->second;
  }
};

class Judge {
 public:
  Judge(kue::JobId job, Tale const& tale, bool drained, Verdict& verdict)
      : job_(job), tale_(tale), drained_(drained), verdict_(verdict) {}

  void judge() {
    if (tale_.push == nullptr) {
      ++verdict_.ghosts;
      return wrong(Rule::ghost, "nobody pushed it");
    }
    ++verdict_.accepted;
    if (tale_.row == nullptr) {
      ++verdict_.lost;
      return wrong(Rule::lost, "it was accepted and has no row");
    }
    judge_state();
    for (std::size_t i = 0; i < tale_.begins.size(); ++i) judge_run(i);
  }

 private:
  kue::JobRecord const& row() const { return *tale_.row; }
  void wrong(Rule rule, std::string text) { verdict_.violations.push_back({rule, job_, std::move(text)}); }

  void judge_state() {
    if (row().state == kue::State::completed) {
      ++verdict_.completed;
      auto const end = tale_.ends.find(row().claim_no);
      if (end == tale_.ends.end() || end->second->how != "returned")
        wrong(Rule::never_ran, fmt::format("completed by claim {}, of which no run came to its end", row().claim_no));
    } else if (drained_) {
      wrong(Rule::not_drained, fmt::format("it is {}", to_string(row().state)));
    }
  }

  void judge_run(std::size_t index) {
    JournalLine const& run = *tale_.begins[index];
    ++verdict_.runs;
    if (tale_.end_of(run) == nullptr) ++verdict_.runs_cut_short;
    if (run.args_hash != tale_.push->args_hash)
      wrong(Rule::args_changed, fmt::format("claim {} ran with other arguments", run.claim_no));
    if (!claims_.insert(run.claim_no).second) return unexplained(fmt::format("claim {} was run twice", run.claim_no));
    judge_overlap(index);
    if (index == 0)
      ++verdict_.runs_by_reason["first"];
    else
      explain(*tale_.begins[index - 1], run);
  }

  // Why there was a run after this one: its row remembers how the claim before ended.
  void explain(JournalLine const& before, JournalLine const& run) {
    auto const& errors = row().errors;
    auto const cause = std::find_if(errors.begin(), errors.end(),
                                    [&](kue::Attempt const& attempt) { return attempt.claim_no == before.claim_no; });
    if (cause == errors.end())
      return unexplained(
          fmt::format("nothing on record ended claim {}, and yet claim {} ran", before.claim_no, run.claim_no));
    ++verdict_.runs_by_reason[std::string(to_string(cause->reason))];
    JournalLine const* const end = tale_.end_of(before);
    if (end != nullptr && end->how == "returned") ++verdict_.finished_but_run_again;
  }

  void judge_overlap(std::size_t index) {
    JournalLine const& run = *tale_.begins[index];
    JournalLine const* const end = index == 0 ? nullptr : tale_.end_of(*tale_.begins[index - 1]);
    if (run.alongside == 0 && (end == nullptr || end->at_ns <= run.at_ns)) return;
    ++verdict_.overlaps;
    wrong(Rule::overlap, fmt::format("claim {} began while another run was alive", run.claim_no));
  }

  void unexplained(std::string text) {
    ++verdict_.unexplained;
    wrong(Rule::unexplained_run, std::move(text));
  }

  kue::JobId const job_;
  Tale const& tale_;
  bool const drained_;
  Verdict& verdict_;
  std::set<std::uint32_t> claims_;
};

std::map<kue::JobId, Tale> tales_of(History const& history) {
  std::map<kue::JobId, Tale> tales;
  for (JournalLine const& line : history.pushes->lines) {
    if (line.verb == JournalVerb::push_ok) tales[line.job].push = &line;
  }
  for (kue::JobRecord const& row : history.records) tales[row.job.id].row = &row;
  for (JournalLine const& line : history.runs->lines) {
    if (line.verb == JournalVerb::run_begin)
      tales[line.job].begins.push_back(&line);
    else
      tales[line.job].ends[line.claim_no] = &line;
  }
  for (auto& [job, tale] : tales) std::ranges::sort(tale.begins, {}, &JournalLine::at_ns);
  return tales;
}

}  // namespace

Verdict verdict_of_rows(History const& history) {
  Verdict verdict;
  for (auto const* journal : {&*history.pushes, &*history.runs}) {
    for (std::string const& line : journal->torn) verdict.violations.push_back({Rule::torn_journal, {}, line});
  }
  for (auto const& [job, tale] : tales_of(history)) Judge(job, tale, history.drained, verdict).judge();
  if (!verdict.ok()) {
    auto const& first = verdict.violations.front();
    verdict.counter_example =
        fmt::format("{} broken by job {}: {}\n", to_string(first.rule), first.job.str(), first.text);
  }
  return verdict;
}

}  // namespace torture
