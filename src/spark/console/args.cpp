#include "spark/console/args_impl.hpp"

#include <kue/error.hpp>

#include "spark/application/duration.hpp"
#include "spark/application/suggest.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <charconv>

namespace spark {
namespace {

// "-p,--port N": what CLI11 calls it, what to call it in a sentence, what its value is called in the help.
struct Name {
  std::string flags, shown, value;

  explicit Name(std::string_view text) {
    auto const blank = text.find(' ');
    flags = text.substr(0, blank);
    if (blank != text.npos) value = text.substr(blank + 1);
    auto const comma = flags.rfind(',');
    shown = comma == flags.npos ? flags : flags.substr(comma + 1);
  }
};

[[noreturn]] void refuse(std::string const& text) { throw kue::Error(kue::ErrorKind::invalid, text); }

}  // namespace

// CLI11 parses all words again after each declaration: what it does not know yet is kept aside until done().
struct Args::Impl {
  CLI::App app;
  std::vector<std::string> words;  // in CLI11's order: the last first
  bool help = false;
  bool arguments_asked = false;
  bool rest_taken = false;  // by arguments()
  CommandHelp about;
  std::function<void()> understood;

  Impl(CommandHelp about_, std::vector<std::string> const& words_, std::function<void()> understood_)
      : words(words_.rbegin(), words_.rend()), about(std::move(about_)), understood(std::move(understood_)) {
    app.allow_extras(true);
    app.set_help_flag();
    help = flag("-h,--help", "print this help and end");
  }

  CLI::Option* parsed(CLI::Option* declared) {
    try {
      auto copy = words;
      app.parse(copy);
    } catch (CLI::RequiredError const&) {     // said by who asks for it, with its meaning
    } catch (CLI::ArgumentMismatch const&) {  // the last words name an option and no value
      if (!help) refuse(fmt::format("{} needs a value", words.empty() ? std::string("an option") : words.front()));
    } catch (CLI::ParseError const& error) {
      if (!help) refuse(error.what());
    }
    return declared;
  }

  bool flag(std::string const& flags, std::string const& help_text) {
    about.options.push_back({.names = flags, .value = {}, .help = help_text, .fallback = {}});
    return parsed(app.add_flag(flags, help_text)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast))->count() > 0;
  }

  CLI::Option* declare(Name const& name, std::string_view help_text, std::string const& shown_default) {
    if (arguments_asked)
      refuse(fmt::format("the program asks for {} after an argument: options come first", name.shown));
    try {
      CLI::Option* const option = app.add_option(
          name.flags, CLI::callback_t([](CLI::results_t const&) { return true; }), std::string(help_text));
      option->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
      if (name.flags.starts_with('-')) {
        about.options.push_back({.names = name.flags,
                                 .value = name.value.empty() ? "TEXT" : name.value,
                                 .help = std::string(help_text),
                                 .fallback = shown_default});
      } else {
        about.arguments.push_back({.name = name.flags, .help = std::string(help_text)});
      }
      return parsed(option);
    } catch (CLI::OptionAlreadyAdded const&) {
      refuse(fmt::format("the program asks for {} twice, or it is an option of every command", name.flags));
    }
  }

  // What no declaration took, in order: options that nobody knows, and arguments too many. After "--" all are
  // arguments.
  std::vector<std::string> left(bool as_options) const {
    std::vector<std::string> result;
    bool after_mark = false;
    for (std::string const& word : app.remaining()) {
      bool const is_option = !after_mark && word.size() > 1 && word.front() == '-';
      if (!after_mark && word == "--")
        after_mark = true;
      else if (is_option == as_options)
        result.push_back(word);
    }
    return result;
  }

  std::vector<std::string> known() const {
    std::vector<std::string> names;
    for (OptionHelp const& option : about.options) {
      for (std::string const& name : option.all_names()) {
        if (name.starts_with("--")) names.push_back(name);
      }
    }
    return names;
  }

  // The value, null if not given.
  std::string const* value(Name const& name, CLI::Option const* option) const {
    if (help || option->count() == 0) return nullptr;
    if (option->count() > 1) refuse(fmt::format("{} is given {} times", name.shown, option->count()));
    return &option->results().front();
  }
};

Args make_args(CommandHelp about, std::vector<std::string> const& words, std::function<void()> understood) {
  for (std::string const& word : words) {
    if (word == "--") break;
    // CLI11 would take the next word for the value.
    if (word.size() > 3 && word.starts_with("--") && word.find('=') == word.size() - 1)
      refuse(word.substr(0, word.size() - 1) + " needs a value");
  }
  return Args(std::make_unique<Args::Impl>(std::move(about), words, std::move(understood)));
}

Args::Args(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Args::~Args() = default;

int Args::option(std::string_view text, int fallback, std::string_view help) {
  Name const name(text);
  std::string const* const value = impl_->value(name, impl_->declare(name, help, std::to_string(fallback)));
  if (!value) return fallback;
  int number = 0;
  auto const [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
  if (error != std::errc() || end != value->data() + value->size()) {
    refuse(fmt::format("{} must be a whole number, not '{}'", name.shown, *value));
  }
  return number;
}

std::string Args::option(std::string_view text, std::string_view fallback, std::string_view help) {
  Name const name(text);
  std::string const* const value = impl_->value(name, impl_->declare(name, help, std::string(fallback)));
  return value ? *value : std::string(fallback);
}

kue::Millis Args::option(std::string_view text, kue::Millis fallback, std::string_view help) {
  Name const name(text);
  std::string const* const value = impl_->value(name, impl_->declare(name, help, duration_text(fallback)));
  if (!value) return fallback;
  auto const duration = parse_duration(*value);
  if (!duration) refuse(fmt::format("{} must be a duration such as 500ms, 25s or 5m, not '{}'", name.shown, *value));
  return *duration;
}

std::optional<std::string> Args::option(std::string_view text, std::string_view help) {
  Name const name(text);
  std::string const* const value = impl_->value(name, impl_->declare(name, help, {}));
  return value ? std::optional(*value) : std::nullopt;
}

std::vector<std::string> Args::options(std::string_view text, std::string_view help) {
  CLI::Option const* const option = impl_->declare(Name(text), help, {});
  return impl_->help ? std::vector<std::string>() : option->results();
}

bool Args::flag(std::string_view text, std::string_view help) {
  return impl_->flag(Name(text).flags, std::string(help)) && !impl_->help;
}

std::string Args::argument(std::string_view name, std::string_view help) {
  CLI::Option* const option = impl_->declare(Name(name), help, {})->required();
  impl_->arguments_asked = true;
  if (impl_->help) return {};
  if (option->count() == 0) refuse(fmt::format("{} is missing: {}", name, help));
  return option->results().front();
}

std::vector<std::string> Args::arguments(std::string_view name, std::string_view help) {
  std::vector<std::string> all{argument(name, help)};
  if (impl_->help) return {};
  // Not CLI11's own list, which would split an argument like [a,b] in two.
  for (std::string const& word : impl_->left(false)) all.push_back(word);
  impl_->rest_taken = true;
  return all;
}

std::vector<std::string> Args::optional_arguments(std::string_view name, std::string_view help) {
  CLI::Option* const option = impl_->declare(Name(name), help, {})->type_name("");
  impl_->arguments_asked = true;
  if (impl_->help) return {};
  std::vector<std::string> all = option->results();
  for (std::string const& word : impl_->left(false)) all.push_back(word);
  impl_->rest_taken = true;
  return all;
}

void Args::done() {
  if (impl_->help) throw HelpWanted{impl_->about};
  for (std::string const& word : impl_->left(true)) {
    std::string const name = word.substr(0, word.find('='));
    refuse(fmt::format("unknown option {}{}", name, did_you_mean(name, impl_->known())));
  }
  if (!impl_->rest_taken) {
    for (std::string const& word : impl_->left(false)) refuse(fmt::format("unexpected argument '{}'", word));
  }
  if (impl_->understood) impl_->understood();
}

}  // namespace spark
