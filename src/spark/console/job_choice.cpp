#include "spark/console/job_choice.hpp"

#include <kue/error.hpp>

#include "spark/application/settings.hpp"
#include "spark/application/suggest.hpp"
#include "spark/console/moment.hpp"
#include "spark/console/printable.hpp"
#include "spark/console/times.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spark {

Command with_job_choice(Command command) {
  return command.options("--state STATE", "only these; several times, or with commas")
      .option("--queue NAME", "only this queue")
      .option("--kind KIND", "only this class of job")
      .option("--tag TAG", "only with this tag")
      .option("--error TEXT", "only if its last failure's type or message contains this")
      .option("--after TIME", "only pushed since then: 2h (ago), 2026-12-01T10:00:00Z, 2026-12-01")
      .option("--before TIME", "only pushed before then");
}

JobChoice::JobChoice(Args const& args) {
  auto const states = args.texts("--state");
  auto const queue_name = args.optional_text("--queue"), kind = args.optional_text("--kind");
  auto const tag = args.optional_text("--tag"), error = args.optional_text("--error");
  auto const after = args.optional_text("--after"), before = args.optional_text("--before");
  given_ = !states.empty() || queue_name || kind || tag || error || after || before;
  filter.states = parse_states("--state", states);
  filter.queue = queue_name.value_or("");
  filter.kind = kind.value_or("");
  filter.tag = tag.value_or("");
  filter.error = error.value_or("");
  if (after) filter.inserted_from = past_of("--after", *after);
  if (before) filter.inserted_until = past_of("--before", *before);
}

std::string JobChoice::slip(Call const& call, kue::Store& jobs) const {
  if (!filter.queue.empty()) {
    std::vector<std::string> queues;
    for (kue::QueueCounts const& counts : jobs.counts()) queues.push_back(counts.queue);
    if (std::find(queues.begin(), queues.end(), filter.queue) == queues.end()) {
      return fmt::format("there is no queue '{}' here{}", filter.queue, did_you_mean(filter.queue, queues));
    }
  }
  std::vector<std::string> const kinds = call.app.registry().kinds();
  bool const strange =
      !filter.kind.empty() && !kinds.empty() && std::find(kinds.begin(), kinds.end(), filter.kind) == kinds.end();
  return strange ? fmt::format("this program has no job class '{}'{}", filter.kind, did_you_mean(filter.kind, kinds))
                 : "";
}

std::vector<std::string> state_names() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kue::kStateCount; ++i) names.emplace_back(kue::to_string(static_cast<kue::State>(i)));
  return names;
}

std::vector<kue::State> parse_states(std::string_view option, std::vector<std::string> const& texts) {
  std::vector<kue::State> states;
  for (std::string const& text : texts) {
    for (std::string const& name : split_list(text)) {
      auto const state = kue::parse_state(name);
      if (!state) throw WrongWords(fmt::format("{}: no state '{}'{}", option, name, did_you_mean(name, state_names())));
      states.push_back(*state);
    }
  }
  return states;
}

std::string words_of(kue::Filter const& filter) {
  std::string words;
  for (std::size_t i = 0; i < filter.states.size(); ++i) {
    words += (i == 0                          ? ""
              : i + 1 == filter.states.size() ? " or "
                                              : ", ") +
             std::string(kue::to_string(filter.states[i]));
  }
  words += words.empty() ? "jobs" : " jobs";
  if (!filter.queue.empty()) words += " of queue " + filter.queue;
  if (!filter.kind.empty()) words += " of class " + filter.kind;
  if (!filter.tag.empty()) words += " with tag " + filter.tag;
  if (!filter.error.empty()) words += " that failed with '" + filter.error + "'";
  if (filter.inserted_from) words += " pushed since " + utc_text(*filter.inserted_from);
  if (filter.inserted_until) words += " pushed before " + utc_text(*filter.inserted_until);
  return printable(words);
}

}  // namespace spark
