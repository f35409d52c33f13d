#pragma once
// Command: one built-in command, in a file of its own. console.cpp holds the list.

#include <spark/application.hpp>

#include "spark/console/exit_code.hpp"
#include "spark/console/output.hpp"
#include "spark/console/style.hpp"

#include <functional>
#include <string>

namespace spark {

class Console;

// One use of a command. Ask `args`, call args.done(), then act.
struct Call {
  Console& console;
  Application& app;
  Args& args;
  Output& out;
  Style const& style;  // the form of the answer
  bool json;           // one JSON document on `out` instead of text: style.form == Form::json
};

struct Command {
  std::string name;     // "queue:worker"
  std::string summary;  // one line
  std::string details;  // paragraphs and examples, shown by --help
  std::function<int(Call&)> run;
  bool lists = false;         // answers with a Listing: has --jsonl too
  bool configured = true;     // needs a configuration that holds
  bool stands_alone = false;  // needs neither configuration nor store, and takes no options about them
};

Command queue_worker_command();
Command queue_list_command();
Command queue_show_command();
Command queue_stats_command();
Command queue_pause_command();
Command queue_resume_command();
Command queue_purge_command();
Command job_push_command();
Command job_list_command();
Command job_show_command();
Command job_watch_command();
Command job_retry_command();
Command job_cancel_command();
Command job_delete_command();
Command store_check_command();
Command store_info_command();
Command store_migrate_command();
Command store_prune_command();
Command config_show_command();
Command config_check_command();
Command doctor_command();
Command completion_command();
Command manual_command();
Command help_command();
Command version_command();

}  // namespace spark
