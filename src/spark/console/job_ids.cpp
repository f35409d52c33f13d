#include "spark/console/job_ids.hpp"

#include <kue/error.hpp>

#include "spark/console/job_store.hpp"
#include "spark/console/printable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>

namespace spark {
namespace {

constexpr std::size_t kDigits = 32;
constexpr std::size_t kMostCandidates = 10;  // as many as are listed

struct Wanted {
  std::string text, digits;          // as it was typed; lower case, without dashes
  std::optional<kue::JobId> id;      // known already: the whole id was typed
  std::size_t found = 0;             // jobs with this end
  std::vector<std::string> matches;  // a line each, for the first of them
};

std::string digits_of(std::string_view text) {
  std::string digits;
  for (char const c : text) {
    if (c != '-') digits += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return digits;
}

Wanted read(std::string const& text) {
  Wanted wanted{.text = text, .digits = digits_of(text), .id = kue::JobId::parse(text), .found = 0, .matches = {}};
  if (wanted.digits.size() != kDigits || wanted.id) return wanted;
  std::string whole = wanted.digits;
  for (std::size_t const dash : {8, 13, 18, 23}) whole.insert(dash, "-");
  wanted.id = kue::JobId::parse(whole);
  return wanted;
}

bool can_be_an_id(Wanted const& wanted) {
  bool const hex =
      std::all_of(wanted.digits.begin(), wanted.digits.end(), [](unsigned char c) { return std::isxdigit(c); });
  return wanted.id || (hex && wanted.digits.size() >= kShortestEnd && wanted.digits.size() < kDigits);
}

void refuse_what_is_none(std::vector<Wanted> const& all) {
  std::string wrong;
  for (Wanted const& wanted : all) {
    if (!can_be_an_id(wanted)) wrong += fmt::format("{}'{}'", wrong.empty() ? "" : ", ", printable(wanted.text));
  }
  if (wrong.empty()) return;
  throw WrongWords(fmt::format("not a job id: {}; one looks like 0193c2a0-1b2c-7def-8a90-b1c2d3e4f506, and its last {} "
                               "characters or more are enough",
                               wrong, kShortestEnd));
}

void compare(kue::JobRecord const& record, std::vector<Wanted>& all) {
  std::string const digits = digits_of(record.job.id.str());
  for (Wanted& wanted : all) {
    if (wanted.digits.size() == kDigits || !digits.ends_with(wanted.digits)) continue;
    if (wanted.found++ == 0) wanted.id = record.job.id;
    if (wanted.matches.size() == kMostCandidates) continue;
    wanted.matches.push_back(
        fmt::format("{} {} {}", record.job.id.str(), printable(record.job.kind), kue::to_string(record.state)));
  }
}

void look_among_the_newest(kue::Store& jobs, std::vector<Wanted>& all) {
  kue::QueryRequest request{.limit = 200};  // a page of arguments is in memory at once
  for (int seen = 0; seen < kNewestJobs; seen += request.limit) {
    kue::QueryResult const page = jobs.query(request);
    for (kue::JobRecord const& record : page.jobs) compare(record, all);
    request.cursor = page.cursor;
    if (page.cursor.empty()) return;
  }
}

// `others`: whether further jobs were named; none of them is touched.
kue::JobId the_only_one(Wanted const& wanted, bool others) {
  std::string_view const untouched = others ? "; nothing was done" : "";
  if (!wanted.id) {
    throw kue::Error(kue::ErrorKind::not_found,
                     fmt::format("no job's id ends with {}{}; looked for among the newest {}. A whole id finds "
                                 "older ones, and job:list shows them",
                                 wanted.text, untouched, kNewestJobs));
  }
  if (wanted.found <= 1) return *wanted.id;
  std::string candidates;
  for (std::string const& match : wanted.matches) candidates += "\n  " + match;
  if (wanted.found > wanted.matches.size())
    candidates += fmt::format("\n  and {} more", wanted.found - wanted.matches.size());
  throw kue::Error(kue::ErrorKind::invalid,
                   fmt::format("the ids of {} jobs end with {}{}:{}\nhint: say more of its end", wanted.found,
                               wanted.text, untouched, candidates));
}

}  // namespace

std::vector<kue::JobId> job_ids(Call& call, std::vector<std::string> const& texts) {
  std::vector<Wanted> all;
  for (std::string const& text : texts) all.push_back(read(text));
  refuse_what_is_none(all);
  if (std::any_of(all.begin(), all.end(), [](Wanted const& wanted) { return !wanted.id; }))
    look_among_the_newest(job_store(call), all);
  std::vector<kue::JobId> ids;
  for (Wanted const& wanted : all) {
    kue::JobId const id = the_only_one(wanted, all.size() > 1);
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);  // by its end and whole: one job
  }
  return ids;
}

}  // namespace spark
