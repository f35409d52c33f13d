#include "spark/application/duration.hpp"
#include "spark/application/suggest.hpp"
#include "spark/console/parse.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include <charconv>
#include <map>

namespace spark {

struct Args::Impl {
  Declaration declaration;
  std::map<std::string, std::vector<std::string>> values;  // by Parameter::name()

  Parameter const& asked(std::string_view name, std::string_view kind, Parameter::Type type, bool many) const;
  std::optional<std::string> value(Parameter const& parameter) const;
  [[noreturn]] void misused(std::string const& sentence) const;
};

namespace {

[[noreturn]] void refuse(std::string const& sentence) { throw WrongWords(sentence); }

std::optional<int> to_number(std::string_view text) {
  int number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

std::string alternatives(std::vector<std::string> const& choices) {
  std::string text;
  for (std::size_t i = 0; i < choices.size(); ++i)
    text += (i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ") + choices[i];
  return text;
}

void check_number(Parameter const& parameter, std::string const& text) {
  auto const number = to_number(text);
  auto const& range = parameter.range;
  if (number && (!range || (*number >= range->first && *number <= range->second))) return;
  std::string const within = range ? fmt::format(" from {} to {}", range->first, range->second) : "";
  refuse(fmt::format("{} must be a whole number{}, not '{}'", parameter.name(), within, text));
}

void check_duration(Parameter const& parameter, std::string const& text) {
  auto const duration = parse_duration(text);
  if (!duration)
    refuse(fmt::format("{} must be a duration such as 500ms, 25s or 5m, not '{}'", parameter.name(), text));
  auto const& range = parameter.range;
  if (!range || (duration->count() >= range->first && duration->count() <= range->second)) return;
  refuse(fmt::format("{} must be {} to {}, not {}", parameter.name(), duration_text(kue::Millis(range->first)),
                     duration_text(kue::Millis(range->second)), text));
}

void check(Parameter const& parameter, std::string const& text) {
  if (text.empty() && !parameter.empty_too)
    refuse(fmt::format("{} needs a value, and an empty one was given", parameter.name()));
  if (parameter.type == Parameter::Type::number) check_number(parameter, text);
  if (parameter.type == Parameter::Type::duration) check_duration(parameter, text);
  auto const& choices = parameter.choices;
  if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end()) {
    refuse(fmt::format("{} must be {}, not '{}'{}", parameter.name(), alternatives(choices), text,
                       did_you_mean(text, choices)));
  }
}

// CLI11 would take the next word for the value of "--port=", and "--yes=false" for --yes.
void check_joined_value(Declaration const& declaration, std::string const& word) {
  auto const equals = word.find('=');
  if (!word.starts_with("--") || equals == word.npos) return;
  Parameter const* const parameter = declaration.find(word.substr(0, equals));
  if (parameter == nullptr) return;
  if (parameter->type == Parameter::Type::flag) refuse(fmt::format("{} takes no value", parameter->name()));
  if (equals + 1 == word.size()) check(*parameter, "");
}

// Not of words that are values themselves: "--text --port=" and "--text --" are texts.
void check_joined_values(Declaration const& declaration, std::vector<std::string> const& words) {
  for (auto word = words.begin(); word != words.end() && *word != "--"; ++word) {
    Parameter const* const option = word->starts_with('-') ? declaration.find(*word) : nullptr;
    if (option != nullptr && option->type != Parameter::Type::flag && std::next(word) != words.end())
      ++word;
    else
      check_joined_value(declaration, *word);
  }
}

[[noreturn]] void refuse_option(Declaration const& declaration, std::string const& word) {
  std::vector<std::string> known;
  for (Parameter const& parameter : declaration.parameters) {
    for (std::string const& name : parameter.names) {
      if (name.starts_with("--")) known.push_back(name);
    }
  }
  std::string const name = word.substr(0, word.find('='));
  refuse(fmt::format("unknown option {}{}", name, did_you_mean(name, known)));
}

// What no option took, in order. After "--" all words are arguments.
std::vector<std::string> arguments_in(Declaration const& declaration, std::vector<std::string> const& rest) {
  std::vector<std::string> arguments;
  bool after_mark = false;
  for (std::string const& word : rest) {
    if (!after_mark && word == "--") {
      after_mark = true;
      continue;
    }
    if (!after_mark && word.size() > 1 && word.front() == '-') refuse_option(declaration, word);
    arguments.push_back(word);
  }
  return arguments;
}

void hand_out(std::vector<std::string> const& words, Args::Impl& into) {
  auto next = words.begin();
  for (Parameter const* const parameter : into.declaration.arguments()) {
    if (next == words.end() && parameter->required)
      refuse(fmt::format("missing argument {} ({})", parameter->name(), parameter->help));
    auto const end = parameter->many || next == words.end() ? words.end() : next + 1;
    into.values[parameter->name()].assign(next, end);
    next = end;
  }
  if (next != words.end()) refuse(fmt::format("unexpected argument '{}'", *next));
}

}  // namespace

Args parse(Declaration const& declaration, std::vector<std::string> const& words) {
  check_joined_values(declaration, words);
  auto impl = std::make_shared<Args::Impl>(Args::Impl{.declaration = declaration, .values = {}});
  CLI::App app;
  app.allow_extras(true);
  app.set_help_flag();
  std::map<std::string, CLI::Option*> options;
  for (Parameter const& parameter : declaration.parameters) {
    if (parameter.positional) continue;
    std::string const names = fmt::format("{}", fmt::join(parameter.names, ","));
    // Not CLI11's own types and lists: values are checked with sentences of ours, and [a,b] is one value.
    options[parameter.name()] = parameter.type == Parameter::Type::flag
                                    ? app.add_flag(names)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
                                    : app.add_option(names, [](CLI::results_t const&) { return true; })
                                          ->expected(1)
                                          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  auto const want_help = [&] { return options.at("--help")->count() > 0; };
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  } catch (CLI::ArgumentMismatch const&) {  // the last word names an option, and nothing follows
    if (!want_help()) refuse(words.back() + " needs a value");
  } catch (CLI::ParseError const& error) {
    if (!want_help()) refuse(error.what());
  }
  if (want_help()) throw HelpWanted();

  hand_out(arguments_in(declaration, app.remaining()), *impl);
  for (auto const& [name, option] : options) impl->values[name] = option->results();
  for (Parameter const& parameter : declaration.parameters) {
    if (parameter.type == Parameter::Type::flag) continue;
    auto const& given = impl->values[parameter.name()];
    if (given.size() > 1 && !parameter.many)
      refuse(fmt::format("{} is given {} times", parameter.name(), given.size()));
    for (std::string const& text : given) check(parameter, text);
  }
  return Args(std::move(impl));
}

void Args::Impl::misused(std::string const& sentence) const {
  throw UndeclaredArgument(
      fmt::format("the command {} (declared at {}) {}", declaration.name, declaration.where, sentence));
}

Parameter const& Args::Impl::asked(std::string_view name, std::string_view kind, Parameter::Type type,
                                   bool many) const {
  Parameter const* const parameter = declaration.find(name);
  if (parameter == nullptr) misused(fmt::format("asks for {}, which it does not declare", name));
  if (parameter->type != type || parameter->many != many)
    misused(fmt::format("asks for {} as {}, and declares it otherwise", name, kind));
  return *parameter;
}

std::optional<std::string> Args::Impl::value(Parameter const& parameter) const {
  auto const& all = values.at(parameter.name());
  return all.empty() ? parameter.fallback : std::optional(all.front());
}

std::optional<int> Args::optional_number(std::string_view name) const {
  auto const text = impl_->value(impl_->asked(name, "a number", Parameter::Type::number, false));
  return text ? to_number(*text) : std::nullopt;
}
std::optional<std::string> Args::optional_text(std::string_view name) const {
  return impl_->value(impl_->asked(name, "a text", Parameter::Type::text, false));
}
std::optional<kue::Millis> Args::optional_duration(std::string_view name) const {
  auto const text = impl_->value(impl_->asked(name, "a duration", Parameter::Type::duration, false));
  return text ? parse_duration(*text) : std::nullopt;
}

namespace {

template <class T> T there(std::optional<T> value, Args::Impl const& impl, std::string_view name) {
  if (!value)
    impl.misused(fmt::format("asks for {}, which was not given and has no fallback: ask whether it is there", name));
  return *std::move(value);
}

}  // namespace

int Args::number(std::string_view name) const { return there(optional_number(name), *impl_, name); }
std::string Args::text(std::string_view name) const { return there(optional_text(name), *impl_, name); }
kue::Millis Args::duration(std::string_view name) const { return there(optional_duration(name), *impl_, name); }

bool Args::flag(std::string_view name) const {
  return !impl_->values.at(impl_->asked(name, "a flag", Parameter::Type::flag, false).name()).empty();
}
std::vector<std::string> Args::texts(std::string_view name) const {
  return impl_->values.at(impl_->asked(name, "a list of texts", Parameter::Type::text, true).name());
}
bool Args::given(std::string_view name) const {
  Parameter const* const parameter = impl_->declaration.find(name);
  if (parameter == nullptr) impl_->misused(fmt::format("asks for {}, which it does not declare", name));
  return !impl_->values.at(parameter->name()).empty();
}

}  // namespace spark
