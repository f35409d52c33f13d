#include "spark/console/job_verb.hpp"

#include <kue/error.hpp>
#include <kue/json.hpp>

#include "spark/console/job_ids.hpp"
#include "spark/console/job_store.hpp"
#include "spark/console/printable.hpp"
#include "spark/console/progress.hpp"
#include "spark/console/sweep.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>

namespace spark {
namespace {

[[noreturn]] void refuse(std::string const& text) { throw WrongWords(text); }

std::string names_of(std::vector<kue::State> const& states) {
  std::string names;
  for (kue::State const state : states) names += (names.empty() ? "" : ", ") + std::string(kue::to_string(state));
  return names;
}

kue::Filter with_states(JobVerb const& verb, kue::Filter filter) {
  for (kue::State const state : filter.states) {
    if (std::find(verb.possible.begin(), verb.possible.end(), state) != verb.possible.end()) continue;
    refuse(fmt::format("{} jobs cannot be {}; it works on these states: {}", kue::to_string(state), verb.done,
                       names_of(verb.possible)));
  }
  if (filter.states.empty()) filter.states = verb.usual;
  return filter;
}

// "1,200 discarded, 4 cancelled"
std::string in_words(Sweep::ByState const& counts) {
  std::string words;
  for (std::size_t state = 0; state < kue::kStateCount; ++state) {
    if (counts[state] == 0) continue;
    words += fmt::format("{}{} {}", words.empty() ? "" : ", ", grouped(counts[state]),
                         kue::to_string(static_cast<kue::State>(state)));
  }
  return words;
}

struct Tally {
  std::int64_t done = 0;
  std::map<std::string, std::int64_t> statuses;
  std::map<std::string, std::int64_t> others, left;  // by the sentence for people: done in another way, not done
};

void write_numbers(kue::Writer& writer, std::string_view key, std::map<std::string, std::int64_t> const& numbers) {
  writer.key(key);
  writer.begin_object();
  for (auto const& [name, number] : numbers) {
    write_number(writer, name, number);
  }
  writer.end_object();
}

void answer_json(Call& call, Sweep::ByState const& counts, Tally const* tally) {
  std::map<std::string, std::int64_t> states;
  for (std::size_t state = 0; state < kue::kStateCount; ++state) {
    if (counts[state] > 0) states[std::string(kue::to_string(static_cast<kue::State>(state)))] = counts[state];
  }
  kue::Writer writer;
  writer.begin_object();
  write_flag(writer, "dry_run", tally == nullptr);
  write_number(writer, "chosen", std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
  write_numbers(writer, "states", states);
  write_numbers(writer, "statuses", tally ? tally->statuses : std::map<std::string, std::int64_t>());
  writer.end_object();
  call.out.line(writer.take());
}

Tally sweep(Call& call, JobVerb const& verb, kue::Store& jobs, kue::Filter const& filter, Sweep& chosen,
            std::int64_t total) {
  Tally tally;
  std::int64_t seen = 0;
  Progress progress(call, verb.word, total);
  chosen.each([&](std::span<kue::JobId const> ids) {
    for (Verdict const& verdict : verb.act(jobs, ids, filter.states)) {
      ++tally.statuses[verdict.status];
      if (verdict.code != kDone)
        ++tally.left[verdict.sentence];
      else if (verdict.status != verb.status)
        ++tally.others[verdict.sentence];
      else
        ++tally.done;
    }
    progress.at(seen += static_cast<std::int64_t>(ids.size()));
  });
  return tally;
}

int by_ids(Call& call, JobVerb const& verb, std::vector<kue::JobId> const& ids, Change const& change) {
  kue::Store& jobs = job_store(call);
  if (change.dry_run) {
    std::vector<Verdict> verdicts;
    for (kue::JobId const& id : ids) {
      auto const record = jobs.get(id);
      bool const possible =
          record && std::find(verb.possible.begin(), verb.possible.end(), record->state) != verb.possible.end();
      std::string const state = record ? std::string(kue::to_string(record->state)) : "not_found";
      verdicts.push_back({id.str(), state,
                          !record ? "does not exist"
                                  : fmt::format("is {}: {} be {}", state, possible ? "would" : "would not", verb.done),
                          !record    ? kNotFound
                          : possible ? kDone
                                     : kRefused});
    }
    return say(call, verdicts);
  }
  return say(call, verb.act(jobs, ids, {}));
}

}  // namespace

int sweep_with(Call& call, JobVerb const& verb, kue::Filter const& filter, Change const& change) {
  kue::Store& jobs = job_store(call);
  Sweep chosen(jobs, filter);
  Sweep::ByState const counts = chosen.count(call);
  auto const total = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
  if (total == 0 || change.dry_run) {
    if (call.style.json()) {
      Tally const nothing;
      answer_json(call, counts, change.dry_run ? nullptr : &nothing);
    } else if (total == 0) {
      call.out.line("no " + words_of(filter));
    } else {
      call.out.line(fmt::format("would {} {}: {}", verb.word, counted(total, "job"), in_words(counts)));
    }
    return kDone;
  }
  change.confirm(call, fmt::format("{} {} ({})", verb.word, counted(total, "job"), words_of(filter)));
  Tally const tally = sweep(call, verb, jobs, filter, chosen, total);
  if (call.style.json()) {
    answer_json(call, counts, &tally);
    return kDone;
  }
  call.out.line(fmt::format("{} {}", verb.done, counted(tally.done, "job")));
  for (auto const& [sentence, number] : tally.others)
    call.out.line(fmt::format("{}, each {}", counted(number, "job"), sentence));
  for (auto const& [sentence, number] : tally.left)
    call.out.line(fmt::format("left alone: {}, each {}", counted(number, "job"), sentence));
  return kDone;
}

Command with_job_verb(Command command) {
  return with_change(with_job_choice(
      command.optional_arguments("ID...", "ids, or their last 6 characters or more; or choose jobs by options")));
}

int run_job_verb(Call& call, JobVerb const& verb) {
  JobChoice const choice(call.args);
  Change const change(call.args);
  std::vector<std::string> const texts = call.args.texts("ID");
  if (!texts.empty() && choice.given()) refuse("name jobs by their ids, or choose them by options, not both");
  if (!texts.empty()) return by_ids(call, verb, job_ids(call, texts), change);
  if (!choice.given()) {
    refuse(fmt::format("which jobs? Name them by their ids, or choose them, such as --queue mail --state {}\nhint: "
                       "job:list with the same options "
                       "shows what they choose",
                       kue::to_string(verb.usual.front())));
  }
  kue::Store& jobs = job_store(call);
  kue::Filter const filter = with_states(verb, choice.filter);
  // A slip of the pen must not look as if everything were in order.
  if (std::string const slip = choice.slip(call, jobs); slip.starts_with("there is no queue"))
    throw kue::Error(kue::ErrorKind::not_found, slip);
  return sweep_with(call, verb, filter, change);
}

}  // namespace spark
