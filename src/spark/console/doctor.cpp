#include "spark/console/doctor.hpp"

#include <kue/error.hpp>
#include <kue/json.hpp>

#include "spark/application/application_impl.hpp"
#include "spark/application/load_config.hpp"
#include "spark/console/console.hpp"
#include "spark/console/printable.hpp"
#include "spark/console/wrap.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace spark {
namespace {

std::string_view name_of(Health health) {
  return health == Health::ok ? "ok" : health == Health::warn ? "warn" : "fail";
}
Colour colour_of_health(Health health) {
  return health == Health::ok ? Colour::green : health == Health::warn ? Colour::yellow : Colour::red;
}

std::vector<Finding> examine(Call& call) {
  LoadedConfig const loaded = load_config(std::filesystem::current_path().string(), Config::environment());
  std::vector<Finding> all = examine_configuration(loaded);
  auto const add = [&](std::vector<Finding> more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  };
  Config config = loaded.config;
  apply(call.console.overrides(), config);
  add(examine_program(call.app, config));
  add(examine_process(config));
  bool const readable = std::none_of(all.begin(), all.end(), [](Finding const& finding) {
    return finding.health == Health::fail && finding.subject == "configuration";
  });
  if (!readable) return all;  // what it says of the store cannot be trusted
  if (!call.console.has_own_queue() && !call.console.has_own_store()) add(examine_place(config));
  if (std::any_of(all.begin(), all.end(),
                  [](Finding const& finding) { return finding.health == Health::fail && finding.subject == "store"; }))
    return all;
  add(examine_jobs(call));
  return all;
}

void print(Call& call, std::vector<Finding> const& findings) {
  for (Finding const& finding : findings) {
    if (call.style.form == Form::plain) {
      call.out.line(fmt::format("{}\t{}\t{}\t{}", name_of(finding.health), finding.subject, printable(finding.text),
                                printable(finding.advice)));
      continue;
    }
    std::string const health(name_of(finding.health));
    std::string const text =
        beside(fmt::format("{:<6}{}", health, finding.subject), 21, printable(finding.text), text_width());
    call.out.text(call.style.paint(health, colour_of_health(finding.health)) + text.substr(health.size()));
    if (finding.advice.empty()) continue;
    std::string const advice = beside("", 21, "do: " + printable(finding.advice), text_width());
    call.out.text(std::string(21, ' ') + call.style.paint("do: ", Colour::bold) + advice.substr(25));
  }
}

std::string as_json(std::vector<Finding> const& findings, bool ok) {
  kue::Writer writer;
  writer.begin_object();
  write_flag(writer, "ok", ok);
  writer.key("findings");
  writer.begin_array();
  for (Finding const& finding : findings) {
    writer.begin_object();
    write_text(writer, "health", name_of(finding.health));
    write_text(writer, "subject", finding.subject);
    write_text(writer, "text", finding.text);
    write_text(writer, "advice", finding.advice);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  return printable_json(writer.take());
}

int run(Call& call) {
  std::vector<Finding> const findings = examine(call);
  auto const number = [&](Health health) {
    return std::count_if(findings.begin(), findings.end(), [&](Finding const& f) { return f.health == health; });
  };
  bool const ok = number(Health::fail) == 0;
  if (call.json) {
    call.out.line(as_json(findings, ok));
  } else {
    print(call, findings);
    if (call.style.form == Form::table)
      call.out.line(fmt::format("\n{} checks: {} failed, {} warnings", findings.size(), number(Health::fail),
                                number(Health::warn)));
  }
  return ok ? kDone : kFailed;
}

}  // namespace

Builtin doctor_command() {
  return {Command("doctor", "looks at configuration, program, store and workers, and says what to do")
              .details("Exit code 1 if something failed. It changes nothing, and makes no store.\n\nExamples:\n  "
                       "doctor\n  doctor --json\n"),
          run, CommandKind::unconfigured};
}

}  // namespace spark
