#include "spark/console/completion.hpp"

#include <kue/error.hpp>

#include "spark/console/printable.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spark {
namespace {

using Words = std::vector<std::string>;
constexpr int kOfferedJobs = 100;  // more than a person reads, and quick to ask for

Words state_names() {
  Words names;
  for (std::size_t i = 0; i < kue::kStateCount; ++i) names.emplace_back(kue::to_string(static_cast<kue::State>(i)));
  return names;
}

// Asks the store, if there is one that this program may open without changing it.
template <class Ask> void ask_store(Application& app, Ask&& ask) {
  try {
    if (kue::open_store(app.config().store.url, {.migrate = false})->schema().current()) ask(app.get(store));
  } catch (std::exception const&) {  // completion has nothing to say about it
  }
}

Words queue_names(Application& app) {
  Words names;
  ask_store(app, [&](kue::Store& jobs) {
    for (kue::QueueCounts const& counts : jobs.counts()) names.push_back(counts.queue);
  });
  return names;
}

std::vector<Candidate> newest_jobs(Application& app) {
  std::vector<Candidate> all;
  ask_store(app, [&](kue::Store& jobs) {
    for (kue::JobRecord const& record : jobs.query({.limit = kOfferedJobs}).jobs)
      all.push_back({record.job.id.str(), fmt::format("{}, {}", record.job.kind, kue::to_string(record.state))});
  });
  return all;
}

std::vector<Candidate> bare(Words const& words) {
  std::vector<Candidate> all;
  for (std::string const& word : words) all.push_back({word, ""});
  return all;
}

std::vector<Candidate> commands(Console const& console) {
  std::vector<Candidate> all;
  for (Listed const& listed : console.list()) all.push_back({listed.name, listed.summary});
  return all;
}

// By what the help calls the value: "LEVEL", "KIND", "ID...".
std::vector<Candidate> values(Console& console, Application& app, std::string_view name) {
  if (name.ends_with("...")) name.remove_suffix(3);
  if (name == "LEVEL") return bare({"debug", "info", "warn", "error", "off"});
  if (name == "FORMAT") return bare({"text", "json"});
  if (name == "WHEN") return bare({"auto", "always", "never"});
  if (name == "SHELL") return bare({"bash", "zsh", "fish"});
  if (name == "STATE") return bare(state_names());
  if (name == "KIND") return bare(console.kinds());
  if (name == "COMMAND") return commands(console);
  if (name == "ID") return newest_jobs(app);
  if (name == "QUEUE" || name == "NAME" || name == "LIST") return bare(queue_names(app));
  if (name == "FILE" || name == "DIR" || name == "PATH") return bare({":files"});
  return {};
}

OptionHelp const* option_named(CommandHelp const& help, std::string_view name) {
  for (OptionHelp const& option : help.options) {
    auto const names = option.all_names();
    if (std::find(names.begin(), names.end(), name) != names.end()) return &option;
  }
  return nullptr;
}

std::vector<Candidate> options(CommandHelp const& help) {
  std::vector<Candidate> all;
  for (OptionHelp const& option : help.options) {
    for (std::string const& name : option.all_names()) all.push_back({name, option.help});
  }
  return all;
}

std::vector<Candidate> of_command(Console& console, Application& app, Words const& words) {
  CommandHelp const help = console.explain(words.front());
  std::string const &word = words.back(), &before = words[words.size() - 2];
  if (auto const equals = word.find('='); word.starts_with("--") && equals != word.npos) {
    OptionHelp const* const option = option_named(help, word.substr(0, equals));
    auto found = option ? values(console, app, option->value) : std::vector<Candidate>();
    for (Candidate& candidate : found) candidate.word.insert(0, word.substr(0, equals + 1));
    return found;
  }
  if (OptionHelp const* const option = option_named(help, before); option && !option->value.empty())
    return values(console, app, option->value);
  if (word.starts_with('-')) return options(help);
  return help.arguments.empty() ? std::vector<Candidate>() : values(console, app, help.arguments.front().name);
}

}  // namespace

std::vector<Candidate> complete(Console& console, Application& app, Words const& words) {
  std::vector<Candidate> found;
  try {
    found = words.size() < 2 ? commands(console) : of_command(console, app, words);
  } catch (kue::Error const&) {  // no such command
  }
  std::string const word = words.empty() ? std::string() : words.back();
  std::erase_if(found, [&](Candidate const& candidate) {
    return candidate.word != ":files" && !candidate.word.starts_with(word);
  });
  for (Candidate& candidate : found) candidate.meaning = printable(candidate.meaning);
  return found;
}

}  // namespace spark
