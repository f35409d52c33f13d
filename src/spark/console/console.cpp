#include "spark/console/console.hpp"

#include <kue/error.hpp>
#include <kue/json.hpp>

#include "spark/application/application_impl.hpp"
#include "spark/application/suggest.hpp"
#include "spark/console/completion.hpp"
#include "spark/console/help_text.hpp"
#include "spark/console/printable.hpp"
#include "spark/console/terminal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <map>
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

constexpr std::string_view kCompletion = "completion:words";  // what the shells' scripts call

constexpr std::string_view kPleaseReport =
    " (this is a bug of spark)\nhint: please report it, with the command and what doctor --json prints";

std::string file_name(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

// What every command takes beside its own options.
Declaration with_common_options(Declaration declaration, Builtin const* builtin) {
  Command common("common", "");
  if (builtin == nullptr || builtin->kind != CommandKind::alone) {
    common.option("--store URL", "where the jobs are, such as sqlite:spark.db")
        .option("--log-level LEVEL", "debug, info, warn, error or off")
        .one_of({"debug", "info", "warn", "error", "off"})
        .option("--log-format FORMAT", "text or json")
        .one_of({"text", "json"});
  }
  if (builtin != nullptr) {
    common.flag("--json", declaration.name == "queue:worker"
                              ? "one JSON line on stdout when it starts, JSON log lines on stderr"
                              : "answer with one JSON document on stdout, errors too");
    if (builtin->kind == CommandKind::lists)
      common.flag("--jsonl", "the same, with one JSON document a line for each item");
    common
        .option("--colour,--color WHEN", "auto",
                "auto, always (as on a terminal: a table and colours in a pipe too) or never")
        .one_of({"auto", "always", "never"});
  }
  for (Parameter parameter : common.declaration().parameters) {
    if (parameter.called("--help")) continue;  // every declaration has it
    parameter.common = true;
    declaration.add(std::move(parameter));
  }
  return declaration;
}

}  // namespace

Console::Console(Application& app) : app_(app) {
  builtins_ = {queue_worker_command(), queue_list_command(),    queue_show_command(),  queue_stats_command(),
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
    int code = kDone;
    try {
      code = dispatch(words);
    } catch (HelpWanted const&) {
      out_.text(help_text(explain(running_), program_));
    }
    out_.flush();
    return code;
  } catch (ReaderGone const&) {
    return kDone;
  } catch (WrongWords const& wrong) {
    std::string text = wrong.what();
    if (text.find("\nhint: ") == text.npos)
      text += fmt::format("\nhint: {} {} --help shows what it takes", program_, running_);
    return report(kue::to_string(wrong.kind()), text, kUsage);
  } catch (kue::Error const& error) {
    return report(kue::to_string(error.kind()), error.what(), exit_code(error.kind()));
  } catch (UndeclaredArgument const& mistake) {
    return report("bug", mistake.what(), kBug);
  } catch (std::exception const& error) {
    return builtin_ ? report("bug", std::string(error.what()) + std::string(kPleaseReport), kBug)
                    : report("failed", error.what(), kFailed);
  } catch (...) {
    return builtin_ ? report("bug", "an exception of an unknown type (this is a bug of spark)", kBug)
                    : report("failed", "the command threw something not derived from std::exception", kFailed);
  }
}

// Text for people goes to stderr; with --json the error is the one document on stdout. Lines after "hint: " say what to
// do.
int Console::report(std::string_view kind, std::string_view text, int code) {
  out_.discard();
  constexpr std::string_view kHint = "\nhint: ";
  auto const at = std::min(text.find(kHint), text.size());
  std::string_view const message = at == 0 ? "it failed, and does not say why" : text.substr(0, at);
  std::string_view const hint = text.substr(std::min(at + kHint.size(), text.size()));
  if (json_) {
    kue::Writer writer;
    writer.begin_object();
    writer.key("error");
    writer.begin_object();
    write_text(writer, "kind", kind);
    write_text(writer, "message", message);
    if (!hint.empty()) write_text(writer, "hint", hint);
    write_number(writer, "exit_code", code);
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
  json_ = asks_for(words, "--json") || asks_for(words, "--jsonl");
  refuse_faults();
  if (words.empty()) return (void)run_builtin(help_command(), words), kUsage;
  std::string const& name = words.front();
  std::vector<std::string> const rest(words.begin() + 1, words.end());
  if (name == "-h" || name == "--help") return run_builtin(help_command(), rest);
  if (name == "--version") return run_builtin(version_command(), rest);
  if (name == kCompletion) return answer_shell(rest);
  for (Builtin const& command : builtins_) {
    if (command.declared.declaration().name == name) return run_builtin(command, rest);
  }
  for (Command const& command : app_.impl_->commands) {
    if (command.declaration().name == name) return run_own(command, rest);
  }
  refuse_unknown(name);
}

// All that is wrong with how the program was set up, a line each.
void Console::refuse_faults() const {
  std::vector<std::string> faults = app_.impl_->faults;
  std::map<std::string, std::string> taken{{std::string(kCompletion), "built in"}};  // and by whom
  for (Builtin const& command : builtins_) taken.emplace(command.declared.declaration().name, "built in");
  for (Command const& command : app_.impl_->commands) {
    Declaration const declaration = with_common_options(command.declaration(), nullptr);
    std::string const named = fmt::format("command '{}' (declared at {})", declaration.name, declaration.where);
    auto const [first, free] = taken.emplace(declaration.name, "declared at " + declaration.where);
    if (!free) faults.push_back(fmt::format("{}: there is one of that name already ({})", named, first->second));
    if (!declaration.problem.empty()) faults.push_back(fmt::format("{}: {}", named, declaration.problem));
    if (!declaration.action) faults.push_back(fmt::format("{}: it does nothing; end it with .run(...)", named));
  }
  if (!faults.empty()) throw kue::Error(kue::ErrorKind::invalid, fmt::format("{}", fmt::join(faults, "\n")));
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

int Console::run_builtin(Builtin const& command, std::vector<std::string> const& words) {
  kue::set_log_role("spark");
  running_ = command.declared.declaration().name;
  Args const args = parse(explain(running_), words);
  style_ = form_of(args, command);
  if (command.kind != CommandKind::alone) apply_common_options(args);
  if (command.kind != CommandKind::alone && command.kind != CommandKind::unconfigured) read_config();
  Call call{*this, app_, args, out_, style_, style_.form == Form::json};
  return command.run(call);
}

Style Console::form_of(Args const& args, Builtin const& command) const {
  bool const json = args.flag("--json"), jsonl = command.kind == CommandKind::lists && args.flag("--jsonl");
  if (json && jsonl) throw WrongWords("--json and --jsonl exclude one another");
  std::string const when = args.text("--color");
  Style style = text_style(when == "always"  ? ColourWhen::always
                           : when == "never" ? ColourWhen::never
                                             : ColourWhen::automatic,
                           STDOUT_FILENO);
  if (json) style.form = Form::json;
  if (jsonl) style.form = Form::jsonl;
  return style;
}

int Console::run_own(Command const& command, std::vector<std::string> const& words) {
  builtin_ = json_ = false;
  running_ = command.declaration().name;
  Args const args = parse(explain(running_), words);
  kue::set_log_role(running_);
  apply_common_options(args);
  read_config();
  refuse_store_with_own_queue();
  app_.impl_->announce_store = true;
  int const code = command.declaration().action(args);
  return code != 0 && code % 256 == 0 ? static_cast<int>(kFailed) : code;  // the system keeps eight bits: 256 is not 0
}

Declaration Console::explain(std::string_view name) const {
  for (Command const& command : app_.impl_->commands) {
    if (command.declaration().name == name) return with_common_options(command.declaration(), nullptr);
  }
  for (Builtin const& command : builtins_) {
    if (command.declared.declaration().name == name)
      return with_common_options(command.declared.declaration(), &command);
  }
  refuse_unknown(std::string(name));
}

int Console::answer_shell(std::vector<std::string> const& words) {
  for (Candidate const& candidate : complete(*this, app_, words))
    out_.line(candidate.word + (candidate.meaning.empty() ? "" : "\t" + candidate.meaning));
  return kDone;
}

void Console::apply_common_options(Args const& args) {
  auto const url = args.optional_text("--store"), level = args.optional_text("--log-level"),
             format = args.optional_text("--log-format");
  if (url && url->find(':') == url->npos)
    throw WrongWords("--store must be a URL such as sqlite:spark.db");  // not repeated: may be a secret
  Overrides& overrides = app_.impl_->overrides;
  overrides.store_url = url.value_or("");
  if (level) overrides.log_level = kue::parse_log_level(*level);
  if (format || (json_ && builtin_))
    overrides.log_format = format.value_or("json") == "json" ? kue::LogFormat::json : kue::LogFormat::text;
}

// A wrong configuration is told now, not in the middle of the command's work.
void Console::read_config() {
  {
    Application::Impl& impl = *app_.impl_;
    std::lock_guard lock(impl.mutex);
    if (impl.config) apply(impl.overrides, *impl.config);
    (void)impl.read_config();
  }
  adapt_logger();
}

// A program that logged before its flags were read has a logger already.
void Console::adapt_logger() {
  std::vector<BuiltService> const built = app_.built();
  bool const made =
      std::any_of(built.begin(), built.end(), [](BuiltService const& service) { return service.name == logger.name; });
  if (!made || !app_.where(logger.name).empty()) return;
  Config const& config = app_.config();
  app_.log() = kue::Logger(kue::stderr_sink(config.log.format), config.log.level);
}

std::vector<Listed> Console::list() const {
  std::vector<Listed> all;
  auto const add = [&](Declaration const& command, bool builtin) {
    all.push_back({command.name, command.summary, builtin});
  };
  for (Command const& command : app_.impl_->commands) add(command.declaration(), false);
  for (Builtin const& command : builtins_) add(command.declared.declaration(), true);
  return all;
}

std::vector<std::string> Console::kinds() const { return app_.impl_->registry.kinds(); }
Overrides const& Console::overrides() const { return app_.impl_->overrides; }
bool Console::configured_by_program() const { return app_.impl_->configured; }
bool Console::has_own_queue() const { return !app_.where(queue.name).empty(); }
bool Console::has_own_store() const { return !app_.where(store.name).empty(); }
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
