// The judge of histories without events says no: each history here is the good one with one thing wrong.

#include "row_verdict.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace torture {
namespace {

using kue::testing::History;
using kue::testing::JournalVerb;
using kue::testing::Rule;
using kue::testing::Verdict;

// Pushed, failed once, completed by its second claim.
struct Tale {
  kue::JobId job = kue::JobId::make();
  History history;

  Tale() {
    history.pushes.emplace();
    history.runs.emplace();
    history.drained = true;
    history.pushes->lines.push_back({.verb = JournalVerb::push_ok, .job = job, .args_hash = 7});
    begin(1, 100);
    end(1, 200, "threw");
    begin(2, 300);
    end(2, 400, "returned");
    kue::JobRecord& row = history.records.emplace_back();
    row.job.id = job;
    row.state = kue::State::completed;
    row.claim_no = 2;
    row.errors.push_back({.claim_no = 1, .attempt = 1, .reason = kue::Reason::error});
  }
  void begin(std::uint32_t claim_no, std::int64_t at) {
    history.runs->lines.push_back(
        {.verb = JournalVerb::run_begin, .job = job, .claim_no = claim_no, .pid = 5, .at_ns = at, .args_hash = 7});
  }
  void end(std::uint32_t claim_no, std::int64_t at, std::string how) {
    history.runs->lines.push_back(
        {.verb = JournalVerb::run_end, .job = job, .claim_no = claim_no, .pid = 5, .at_ns = at, .how = std::move(how)});
  }
  kue::testing::JournalLine& line(std::size_t index) { return history.runs->lines.at(index); }
  kue::JobRecord& row() { return history.records.front(); }
};

TEST(row_verdict, a_good_history) {
  Verdict const verdict = verdict_of_rows(Tale().history);
  EXPECT_TRUE(verdict.ok()) << verdict.text();
  EXPECT_EQ(verdict.accepted, 1);
  EXPECT_EQ(verdict.completed, 1);
  EXPECT_EQ(verdict.runs, 2);
  EXPECT_EQ(verdict.runs_by_reason.at("error"), 1);
}

struct Wrong {
  Rule rule;
  std::function<void(Tale&)> make;
};

class RowVerdict : public ::testing::TestWithParam<Wrong> {};

TEST_P(RowVerdict, says_no) {
  Tale tale;
  GetParam().make(tale);
  Verdict const verdict = verdict_of_rows(tale.history);
  EXPECT_GE(verdict.count(GetParam().rule), 1) << verdict.text();
}

std::vector<Wrong> wrongs() {
  return {{Rule::lost, [](Tale& t) { t.history.records.clear(); }},
          {Rule::ghost, [](Tale& t) { t.history.pushes->lines.clear(); }},
          {Rule::not_drained, [](Tale& t) { t.row().state = kue::State::available; }},
          {Rule::never_ran, [](Tale& t) { t.line(3).how = "threw"; }},
          {Rule::never_ran, [](Tale& t) { t.row().claim_no = 3; }},
          {Rule::unexplained_run, [](Tale& t) { t.row().errors.clear(); }},
          {Rule::unexplained_run, [](Tale& t) { t.begin(2, 500); }},
          {Rule::overlap, [](Tale& t) { t.line(1).at_ns = 350; }},
          {Rule::overlap, [](Tale& t) { t.line(2).alongside = 6; }},
          {Rule::args_changed, [](Tale& t) { t.line(0).args_hash = 8; }},
          {Rule::torn_journal, [](Tale& t) { t.history.runs->torn.push_back("journal.5:3"); }}};
}

std::string name_of(::testing::TestParamInfo<Wrong> const& wrong) {
  return fmt::format("{}_{}", to_string(wrong.param.rule), wrong.index);
}

INSTANTIATE_TEST_SUITE_P(row_verdict, RowVerdict, ::testing::ValuesIn(wrongs()), name_of);

}  // namespace
}  // namespace torture
