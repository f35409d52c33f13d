#pragma once
// Builtin: one built-in command, in a file of its own: its declaration, and what it does. console.cpp holds the list.

#include <spark/application.hpp>

#include "spark/console/exit_code.hpp"
#include "spark/console/output.hpp"
#include "spark/console/parse.hpp"
#include "spark/console/style.hpp"

#include <functional>
#include <string>

namespace spark {

class Console;

// One use of a command.
struct Call {
  Console& console;
  Application& app;
  Args const& args;
  Output& out;
  Style const& style;  // the form of the answer
  bool json;           // one JSON document on `out` instead of text: style.form == Form::json
};

enum class CommandKind {
  usual,
  lists,         // answers with a Listing: has --jsonl too
  unconfigured,  // works without a configuration that holds
  alone,         // needs neither configuration nor store, and takes no options about them
};

struct Builtin {
  Command declared;
  std::function<int(Call&)> run;
  CommandKind kind = CommandKind::usual;
};

Builtin queue_worker_command();
Builtin queue_list_command();
Builtin queue_show_command();
Builtin queue_stats_command();
Builtin queue_pause_command();
Builtin queue_resume_command();
Builtin queue_purge_command();
Builtin job_push_command();
Builtin job_list_command();
Builtin job_show_command();
Builtin job_watch_command();
Builtin job_retry_command();
Builtin job_cancel_command();
Builtin job_delete_command();
Builtin store_check_command();
Builtin store_info_command();
Builtin store_migrate_command();
Builtin store_prune_command();
Builtin config_show_command();
Builtin config_check_command();
Builtin doctor_command();
Builtin completion_command();
Builtin manual_command();
Builtin help_command();
Builtin version_command();

}  // namespace spark
