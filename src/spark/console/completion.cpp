#include "spark/console/completion.hpp"

#include <kue/error.hpp>

#include "spark/console/job_choice.hpp"
#include "spark/console/printable.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spark {
namespace {

using Words = std::vector<std::string>;
constexpr int kOfferedJobs = 100;  // more than a person reads, and quick to ask for

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

// Its choices, or else by what the help calls the value: "KIND", "ID...".
// A NAME or LIST is one of queues with us; what it is in a command of the program's own, nobody knows.
std::vector<Candidate> values(Console& console, Application& app, Parameter const& parameter, bool builtin) {
  if (!parameter.choices.empty()) return bare(parameter.choices);
  std::string_view name = parameter.value;
  if (name.ends_with("...")) name.remove_suffix(3);
  if (name == "STATE") return bare(state_names());
  if (name == "KIND") return bare(console.kinds());
  if (name == "COMMAND") return commands(console);
  if (name == "ID") return newest_jobs(app);
  if (name == "QUEUE" || (builtin && (name == "NAME" || name == "LIST"))) return bare(queue_names(app));
  if (name == "FILE" || name == "DIR" || name == "PATH") return bare({":files"});
  return {};
}

std::vector<Candidate> options(Declaration const& declaration) {
  std::vector<Candidate> all;
  for (Parameter const& option : declaration.parameters) {
    if (option.positional) continue;
    for (std::string const& name : option.names) all.push_back({name, option.help});
  }
  return all;
}

bool takes_next_word(Parameter const* option) { return option != nullptr && option->type != Parameter::Type::flag; }

// The argument that stands at the end of the words: those before it are taken, and the last may take all the rest.
Parameter const* argument_at_end(Declaration const& declaration, Words const& words) {
  auto const arguments = declaration.arguments();
  std::size_t before = 0;
  for (std::size_t i = 1; i + 1 < words.size(); ++i) {
    if (!words[i].starts_with('-'))
      ++before;
    else if (takes_next_word(declaration.find(words[i])))
      ++i;
  }
  if (before < arguments.size()) return arguments[before];
  return arguments.empty() || !arguments.back()->many ? nullptr : arguments.back();
}

std::vector<Candidate> of_command(Console& console, Application& app, Words const& words) {
  Declaration const declaration = console.explain(words.front());
  auto const all = console.list();
  bool const builtin = std::any_of(
      all.begin(), all.end(), [&](Listed const& listed) { return listed.builtin && listed.name == words.front(); });
  std::string const &word = words.back(), &before = words[words.size() - 2];
  if (auto const equals = word.find('='); word.starts_with("--") && equals != word.npos) {
    Parameter const* const option = declaration.find(word.substr(0, equals));
    auto found = option ? values(console, app, *option, builtin) : std::vector<Candidate>();
    for (Candidate& candidate : found) candidate.word.insert(0, word.substr(0, equals + 1));
    return found;
  }
  Parameter const* const option = before.starts_with('-') ? declaration.find(before) : nullptr;
  if (takes_next_word(option)) return values(console, app, *option, builtin);
  if (word.starts_with('-')) return options(declaration);
  Parameter const* const argument = argument_at_end(declaration, words);
  return argument ? values(console, app, *argument, builtin) : std::vector<Candidate>();
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
