#include "spark/application/declaration.hpp"
#include "spark/application/duration.hpp"
#include "spark/application/place.hpp"
#include "spark/application/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace spark {
namespace {

bool letter_or_digit(char c) { return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9'); }

bool plain(std::string_view text, std::string_view also) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [&](char c) { return letter_or_digit(c) || also.find(c) != also.npos; });
}

bool command_name(std::string_view name) { return plain(name, ":-_") && name.front() != '-'; }

bool option_name(std::string_view name) {
  if (name.starts_with("--")) return plain(name.substr(2), "-_") && name[2] != '-';
  return name.size() == 2 && name[0] == '-' && letter_or_digit(name[1]);
}

Parameter option_of(Parameter::Type type, std::string_view text, std::string_view help,
                    std::optional<std::string> fallback = {}, bool many = false) {
  auto const blank = std::min(text.find(' '), text.size());
  std::string const value(text.substr(std::min(blank + 1, text.size())));
  bool const flag = type == Parameter::Type::flag;
  return {.type = type,
          .names = split_list(text.substr(0, blank)),
          .value = flag            ? ""
                   : value.empty() ? "TEXT"
                                   : value,
          .help = std::string(help),
          .fallback = std::move(fallback),
          .many = many};
}

Parameter argument_of(std::string_view text, std::string_view help, bool required, bool many) {
  std::string_view const name = text.ends_with("...") ? text.substr(0, text.size() - 3) : text;
  return {.names = {std::string(name)},
          .value = std::string(name) + (many ? "..." : ""),
          .help = std::string(help),
          .positional = true,
          .required = required,
          .many = many};
}

void note(Declaration& declared, std::string sentence) {
  if (declared.problem.empty()) declared.problem = std::move(sentence);
}

// The last parameter; a problem is noted unless it is of this type.
Parameter& last_of(Declaration& declared, Parameter::Type type, std::string_view what) {
  Parameter& last = declared.parameters.back();
  if (last.type != type) note(declared, fmt::format("{} cannot have {}", last.name(), what));
  return last;
}

// `value` is that of the fallback, if there is one.
template <class T> void check_range(Declaration& declared, T least, T most, std::optional<T> value, auto const& text) {
  Parameter const& last = declared.parameters.back();
  if (least > most) note(declared, fmt::format("{} cannot be from {} to {}", last.name(), text(least), text(most)));
  if (value && (*value < least || *value > most))
    note(declared, fmt::format("the default {} of {} is not from {} to {}", *last.fallback, last.name(), text(least),
                               text(most)));
}

std::optional<int> whole_number(std::optional<std::string> const& text) {
  int value = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc()) return std::nullopt;
  return value;
}

}  // namespace

bool Parameter::called(std::string_view name) const {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Parameter const* Declaration::find(std::string_view wanted) const {
  auto const found = std::find_if(parameters.begin(), parameters.end(),
                                  [&](Parameter const& parameter) { return parameter.called(wanted); });
  return found == parameters.end() ? nullptr : &*found;
}

std::vector<Parameter const*> Declaration::arguments() const {
  std::vector<Parameter const*> all;
  for (Parameter const& parameter : parameters) {
    if (parameter.positional) all.push_back(&parameter);
  }
  return all;
}

void Declaration::add(Parameter parameter) {
  for (std::string const& each : parameter.names) {
    if (parameter.positional && each.starts_with('-'))
      note(*this, fmt::format("'{}' is no name of an argument: a word with '-' is an option", each));
    if (!parameter.positional && !option_name(each))
      note(*this,
           fmt::format("'{}' is no name of an option: write -p, --port or -p,--port, and the value behind a blank",
                       each));
    if (find(each)) note(*this, fmt::format("{} is declared twice, or is an option of every command", each));
  }
  if (parameter.names.empty() || parameter.names.front().empty()) note(*this, "an option or argument has no name");
  if (auto const before = arguments(); parameter.positional && !before.empty()) {
    if (before.back()->many)
      note(*this,
           fmt::format("{} cannot come behind {}, which takes all the rest", parameter.value, before.back()->value));
    else if (parameter.required && !before.back()->required)
      note(*this, fmt::format("{} is required and cannot come behind {}, which may be missing", parameter.value,
                              before.back()->value));
  }
  parameters.push_back(std::move(parameter));
}

Command::Command(std::string name, std::string summary, std::source_location where)
    : declared_(std::make_shared<Declaration>(
          Declaration{.name = std::move(name), .summary = std::move(summary), .where = place(where)})) {
  if (!command_name(declared_->name))
    declared_->problem = "a name is letters, digits, ':', '-' and '_', such as mail:test";
  flag("-h,--help", "print this help and end");
  declared_->parameters.back().common = true;
}

Command& Command::add(Parameter parameter) { return declared_->add(std::move(parameter)), *this; }

Command& Command::argument(std::string_view name, std::string_view help) {
  return add(argument_of(name, help, true, false));
}
Command& Command::optional_argument(std::string_view name, std::string_view help) {
  return add(argument_of(name, help, false, false));
}
Command& Command::arguments(std::string_view name, std::string_view help) {
  return add(argument_of(name, help, true, true));
}
Command& Command::optional_arguments(std::string_view name, std::string_view help) {
  return add(argument_of(name, help, false, true));
}

template <> Command& Command::option<int>(std::string_view name, std::string_view help) {
  return add(option_of(Parameter::Type::number, name, help));
}
template <> Command& Command::option<kue::Millis>(std::string_view name, std::string_view help) {
  return add(option_of(Parameter::Type::duration, name, help));
}
template <> Command& Command::option<std::string>(std::string_view name, std::string_view help) {
  return add(option_of(Parameter::Type::text, name, help));
}
Command& Command::option(std::string_view name, int fallback, std::string_view help) {
  return add(option_of(Parameter::Type::number, name, help, std::to_string(fallback)));
}
Command& Command::option(std::string_view name, kue::Millis fallback, std::string_view help) {
  if (fallback < kue::Millis(0)) note(*declared_, fmt::format("the default of {} is a negative duration", name));
  return add(option_of(Parameter::Type::duration, name, help, duration_text(fallback)));
}
Command& Command::option(std::string_view name, std::string_view fallback, std::string_view help) {
  return add(option_of(Parameter::Type::text, name, help, std::string(fallback)));
}

Command& Command::options(std::string_view name, std::string_view help) {
  return add(option_of(Parameter::Type::text, name, help, {}, true));
}
Command& Command::flag(std::string_view name, std::string_view help) {
  return add(option_of(Parameter::Type::flag, name, help));
}

Command& Command::between(int least, int most) {
  Parameter& last = last_of(*declared_, Parameter::Type::number, "a range of numbers");
  last.range = {least, most};
  check_range(*declared_, least, most, whole_number(last.fallback), [](int value) { return std::to_string(value); });
  return *this;
}
Command& Command::between(kue::Millis least, kue::Millis most) {
  Parameter& last = last_of(*declared_, Parameter::Type::duration, "a range of durations");
  last.range = {least.count(), most.count()};
  check_range(*declared_, least, most, last.fallback ? parse_duration(*last.fallback) : std::nullopt,
              [](kue::Millis value) { return duration_text(value); });
  return *this;
}
Command& Command::one_of(std::initializer_list<std::string_view> choices) {
  Parameter& last = last_of(*declared_, Parameter::Type::text, "a list of choices");
  last.choices.assign(choices.begin(), choices.end());
  if (choices.size() == 0) note(*declared_, fmt::format("{} has an empty list of choices", last.name()));
  if (last.fallback && std::find(choices.begin(), choices.end(), *last.fallback) == choices.end())
    note(*declared_, fmt::format("the default '{}' of {} is none of its choices", *last.fallback, last.name()));
  return *this;
}
Command& Command::may_be_empty() { return declared_->parameters.back().empty_too = true, *this; }

Command& Command::details(std::string text) { return declared_->details = std::move(text), *this; }
void Command::run(std::function<int(Args const&)> action) { declared_->action = std::move(action); }

}  // namespace spark
