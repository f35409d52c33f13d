#include "spark/console/console.hpp"

#include <kue/error.hpp>
#include <kue/json.hpp>

#include "spark/application/application_impl.hpp"
#include "spark/application/suggest.hpp"
#include "spark/console/args_impl.hpp"
#include "spark/console/completion.hpp"
#include "spark/console/printable.hpp"
#include "spark/console/rehearsal.hpp"
#include "spark/console/terminal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace spark {
namespace {

// A file opened as number 0, 1 or 2 would be written to by everybody who prints; for SQLite that is known to destroy
// it.
void occupy_standard_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0) (void)::open("/dev/null", O_RDWR);
  }
}

bool asks_for(std::vector<std::string> const& words, std::string_view flag, std::string_view short_flag = {}) {
  auto const end = std::find(words.begin(), words.end(), "--");
  return std::any_of(words.begin(), end, [&](std::string const& word) {
    return word == flag || (!short_flag.empty() && word == short_flag);
  });
}

std::string file_name(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

// Examples as one would type them: "  queue:worker -c 4" becomes "  hello queue:worker -c 4".
std::string with_program(std::string text, std::string const& command, std::string const& program) {
  std::string const line = "\n  " + command;
  for (auto at = text.find(line); at != text.npos; at = text.find(line, at + line.size()))
    text.insert(at + 3, program + " ");
  return text;
}

}  // namespace

Console::Console(Application& app) : app_(app) {
  commands_ = {queue_worker_command(), queue_list_command(),    queue_show_command(),  queue_stats_command(),
               queue_pause_command(),  queue_resume_command(),  queue_purge_command(), job_push_command(),
               job_list_command(),     job_show_command(),      job_watch_command(),   job_retry_command(),
               job_cancel_command(),   job_delete_command(),    store_info_command(),  store_check_command(),
               store_prune_command(),  store_migrate_command(), config_show_command(), config_check_command(),
               doctor_command(),       completion_command(),    manual_command(),      help_command(),
               version_command()};
}

int Application::run(int argc, char** argv) { return Console(*this).run(argc, argv); }

int Console::run(int argc, char** argv) {
  occupy_standard_descriptors();
  style_ = text_style(ColourWhen::automatic, STDOUT_FILENO);
  program_ = argc > 0 ? file_name(argv[0]) : "spark";
  std::vector<std::string> const words(argv + std::min(argc, 1), argv + argc);
  try {
    int const code = dispatch(words);
    out_.flush();
    return code;
  } catch (ReaderGone const&) {
    return kDone;
  } catch (HelpWanted const& help) {
    out_.text(help.help.text());
  } catch (kue::Error const& error) {
    return end_with_error(std::string(kue::to_string(error.kind())), error.what(), exit_code(error.kind()));
  } catch (std::exception const& error) {
    return builtin_ ? report("bug",
                             fmt::format("{} (this is a bug of spark)\nhint: please report it, with the command and "
                                         "what doctor --json prints",
                                         error.what()),
                             kBug)
                    : report("failed", error.what(), kFailed);
  } catch (...) {
    return builtin_ ? report("bug", "an exception of an unknown type (this is a bug of spark)", kBug)
                    : report("failed", "the command threw something that is no std::exception", kFailed);
  }
  try {
    out_.flush();
    return kDone;
  } catch (ReaderGone const&) {
    return kDone;
  } catch (kue::Error const& error) {
    return report(kue::to_string(error.kind()), error.what(), exit_code(error.kind()));
  }
}

// A word that was not understood is explained by the command's own help.
int Console::end_with_error(std::string const& kind, std::string text, int code) {
  if (code == kUsage && !asking_.empty() && text.find("\nhint: ") == text.npos) {
    text += fmt::format("\nhint: {} {} --help shows what it takes", program_, asking_);
  }
  return report(kind, text, code);
}

// Text for people goes to stderr; with --json the error is the one document on stdout. Lines after "hint: " say what to
// do.
int Console::report(std::string_view kind, std::string_view text, int code) {
  out_.discard();
  constexpr std::string_view kHint = "\nhint: ";
  auto const at = std::min(text.find(kHint), text.size());
  std::string_view const message = text.substr(0, at), hint = text.substr(std::min(at + kHint.size(), text.size()));
  if (json_) {
    kue::Writer writer;
    writer.begin_object();
    writer.key("error");
    writer.begin_object();
    for (auto const& [key, value] :
         {std::pair<std::string_view, std::string_view>{"kind", kind}, {"message", message}, {"hint", hint}}) {
      if (key == "hint" && value.empty()) continue;
      writer.key(key);
      writer.string(as_utf8(value));
    }
    writer.key("exit_code");
    writer.integer(code);
    writer.end_object();
    writer.end_object();
    out_.line(printable_json(writer.take()));
    try {
      out_.flush();
      return code;
    } catch (...) {  // stdout is no place to say anything; stderr below
    }
  }
  Style const style = text_style(ColourWhen::automatic, STDERR_FILENO);
  auto const lines = [](std::string_view many) {
    std::string safe;
    for (; !many.empty(); many.remove_prefix(std::min(many.find('\n') + 1, many.size()))) {
      safe += printable(many.substr(0, many.find('\n'))) + '\n';
      if (many.find('\n') == many.npos) break;
    }
    return safe;
  };
  std::string whole = style.paint("error:", Colour::red) + " " + lines(message);
  if (!hint.empty()) whole += style.paint("hint:", Colour::bold) + " " + lines(hint);
  write_error(whole);
  return code;
}

int Console::dispatch(std::vector<std::string> const& words) {
  if (words.empty()) return usage(words);
  std::string const& name = words.front();
  std::vector<std::string> const rest(words.begin() + 1, words.end());
  if (name == "-h" || name == "--help") return run_builtin(help_command(), rest);
  if (name == "--version") return run_builtin(version_command(), rest);
  if (name == "completion:words") return answer_shell(rest);
  for (Command const& command : commands_) {
    if (command.name == name) return run_builtin(command, rest);
  }
  auto const& own = app_.impl_->commands;
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (own[i].name == name) return run_own(i, rest);
  }
  json_ = asks_for(rest, "--json") || asks_for(rest, "--jsonl");
  refuse_unknown(name);
}

void Console::refuse_unknown(std::string const& name) const {
  if (name.starts_with('-')) {
    throw kue::Error(kue::ErrorKind::invalid,
                     fmt::format("the command comes first, then options such as {}\nhint: {} help lists the commands",
                                 name, program_));
  }
  std::vector<std::string> names;
  std::string inside;  // "queue": its commands
  for (Listed const& listed : list()) {
    names.push_back(listed.name);
    if (listed.name.starts_with(name + ":")) inside += (inside.empty() ? "" : ", ") + listed.name;
  }
  throw kue::Error(kue::ErrorKind::invalid,
                   fmt::format("no command '{}'{}\nhint: {} help lists all commands", name,
                               inside.empty() ? did_you_mean(name, names) : "; there are " + inside, program_));
}

Args Console::args_of(Command const& command, std::vector<std::string> const& words) {
  return make_args({.program = program_,
                    .name = command.name,
                    .summary = command.summary,
                    .details = with_program(command.details, command.name, program_)},
                   words, [this] { asking_.clear(); });
}

int Console::run_builtin(Command const& command, std::vector<std::string> const& words) {
  json_ = asks_for(words, "--json") || asks_for(words, "--jsonl");
  kue::set_log_role("spark");
  asking_ = command.name;
  Args args = args_of(command, words);
  bool const help = asks_for(words, "--help", "-h");
  if (!command.stands_alone)
    take_common_options(args, help ? Reads::nothing : command.configured ? Reads::flags_and_config : Reads::flags);
  style_ = take_form(args, command);
  Call call{*this, app_, args, out_, style_, style_.form == Form::json};
  return command.run(call);
}

// Which of --json and --jsonl was given was found out before, so that a mistake in the words is told in that form.
Style Console::take_form(Args& args, Command const& command) {
  bool const json = args.flag("--json", command.name == "queue:worker"
                                            ? "one JSON line on stdout when it starts, JSON log lines on stderr"
                                            : "answer with one JSON document on stdout, errors too");
  bool const jsonl = command.lists && args.flag("--jsonl", "the same, with one JSON document a line for each item");
  auto const text = args.option("--color,--colour WHEN", "auto",
                                "auto, always (as on a terminal: a table and colours in a pipe too) or never");
  if (text != "auto" && text != "always" && text != "never") {
    throw kue::Error(kue::ErrorKind::invalid, fmt::format("--color must be auto, always or never, not '{}'", text));
  }
  if (json && jsonl) throw kue::Error(kue::ErrorKind::invalid, "--json and --jsonl exclude one another");
  Style style = text_style(text == "always"  ? ColourWhen::always
                           : text == "never" ? ColourWhen::never
                                             : ColourWhen::automatic,
                           STDOUT_FILENO);
  if (json) style.form = Form::json;
  if (jsonl) style.form = Form::jsonl;
  return style;
}

int Console::run_own(std::size_t index, std::vector<std::string> const& words) {
  builtin_ = false;
  UserCommand const& command = app_.impl_->commands[index];
  if (asks_for(words, "--help", "-h")) {
    out_.text(explain_own(index).text());
    return kDone;
  }
  kue::set_log_role(command.name);
  asking_ = command.name;
  Args args = make_args({.program = program_, .name = command.name, .summary = command.help, .details = {}}, words,
                        [this] { asking_.clear(); });
  take_common_options(args, Reads::flags_and_config);
  refuse_store_with_own_queue();
  app_.impl_->announce_store = true;
  int const code = command.action(args);
  bool const never_done = !asking_.empty();
  if (never_done && !words.empty())
    write_error(
        fmt::format("warning: the command {} does not call args.done(): words that it did not ask for were ignored\n",
                    command.name));
  return code;
}

// It says what it takes by asking for it, up to done(). One that never calls done() must not do its work when it is
// only explained.
CommandHelp Console::explain_own(std::size_t index) {
  UserCommand const& command = app_.impl_->commands[index];
  CommandHelp about{.program = program_, .name = command.name, .summary = command.help, .details = {}};
  auto const learned = rehearse([&] {
    Args args = make_args(about, {"--help"});
    take_common_options(args, Reads::nothing);
    command.action(args);
  });
  if (learned) return *learned;
  about.complete = false;
  return about;
}

CommandHelp Console::explain(std::string_view name) {
  for (std::size_t i = 0; i < app_.impl_->commands.size(); ++i) {
    if (app_.impl_->commands[i].name == name) return explain_own(i);
  }
  for (Command const& command : commands_) {
    if (command.name != name) continue;
    try {
      Args args = args_of(command, {"--help"});
      if (!command.stands_alone) take_common_options(args, Reads::nothing);
      Style const style = take_form(args, command);
      Output nowhere;
      Call call{*this, app_, args, nowhere, style, false};
      (void)command.run(call);
    } catch (HelpWanted const& wanted) {
      return wanted.help;
    }
    throw std::logic_error(command.name + " does not call args.done() before it acts");
  }
  refuse_unknown(std::string(name));
}

int Console::answer_shell(std::vector<std::string> const& words) {
  for (Candidate const& candidate : complete(*this, app_, words))
    out_.line(candidate.word + (candidate.meaning.empty() ? "" : "\t" + candidate.meaning));
  return kDone;
}

int Console::usage(std::vector<std::string> const& words) {
  (void)run_builtin(help_command(), words);
  return kUsage;
}

void Console::take_common_options(Args& args, Reads reads) {
  auto const url = args.option("--store URL", "where the jobs are, such as sqlite:spark.db");
  auto const level = args.option("--log-level LEVEL", "debug, info, warn, error or off");
  auto const format = args.option("--log-format FORMAT", "text or json");
  if (reads == Reads::nothing) return;
  Overrides overrides;
  if (url && url->find(':') == url->npos) {
    throw kue::Error(kue::ErrorKind::invalid,
                     "--store must be a URL such as sqlite:spark.db");  // not repeated: may be a secret
  }
  overrides.store_url = url.value_or("");
  if (level && !(overrides.log_level = kue::parse_log_level(*level))) {
    throw kue::Error(kue::ErrorKind::invalid,
                     fmt::format("--log-level must be debug, info, warn, error or off, not '{}'", *level));
  }
  if (format && *format != "text" && *format != "json") {
    throw kue::Error(kue::ErrorKind::invalid, fmt::format("--log-format must be text or json, not '{}'", *format));
  }
  if (format) overrides.log_format = *format == "json" ? kue::LogFormat::json : kue::LogFormat::text;
  if (json_ && builtin_ && !format) overrides.log_format = kue::LogFormat::json;
  app_.impl_->overrides = overrides;
  if (reads == Reads::flags_and_config) read_config();
}

// A wrong configuration is said now, not in the middle of the command's work, and is no mistake in the command's words.
void Console::read_config() {
  std::string const asked = std::exchange(asking_, {});
  {
    Application::Impl& impl = *app_.impl_;
    std::lock_guard lock(impl.mutex);
    if (impl.config) apply(impl.overrides, *impl.config);
    (void)impl.read_config();
  }
  asking_ = asked;
  adapt_logger();
}

// A program that logged before its flags were read has a logger already.
void Console::adapt_logger() {
  std::vector<BuiltService> const built = app_.built();
  bool const made =
      std::any_of(built.begin(), built.end(), [](BuiltService const& service) { return service.name == logger.name; });
  if (!made || app_.where(logger.name) != app_.impl_->default_logger) return;
  Config const& config = app_.config();
  app_.log() = kue::Logger(kue::stderr_sink(config.log.format), config.log.level);
}

std::vector<Listed> Console::list() const {
  std::vector<Listed> all;
  for (UserCommand const& command : app_.impl_->commands) all.push_back({command.name, command.help, false});
  for (Command const& command : commands_) all.push_back({command.name, command.summary, true});
  return all;
}

std::vector<std::string> Console::kinds() const { return app_.impl_->registry.kinds(); }
Overrides const& Console::overrides() const { return app_.impl_->overrides; }
bool Console::configured_by_program() const { return app_.impl_->configured; }
bool Console::has_own_queue() const { return app_.where(queue.name) != app_.impl_->default_queue; }
bool Console::has_own_store() const { return app_.where(store.name) != app_.impl_->default_store; }
bool Console::store_named() const { return !app_.impl_->overrides.store_url.empty(); }

void Console::refuse_store_with_own_queue() const {
  if (!store_named() || (!has_own_queue() && !has_own_store())) return;
  throw kue::Error(
      kue::ErrorKind::invalid,
      fmt::format("--store has no effect here: this program sets its own {} (at {})",
                  has_own_queue() ? "queue" : "store", app_.where(has_own_queue() ? queue.name : store.name)));
}

std::vector<std::function<void(kue::Worker&)>> const& Console::worker_setups() const {
  return app_.impl_->worker_setups;
}

}  // namespace spark
