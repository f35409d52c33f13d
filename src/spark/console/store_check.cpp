#include "spark/console/job_store.hpp"

#include <kue/json.hpp>

#include "spark/console/printable.hpp"

#include <fmt/format.h>

namespace spark {
namespace {

int run(Call& call) {
  kue::Store& jobs = job_store(call);
  kue::CheckReport const report = jobs.check();
  if (call.json) {
    kue::Writer writer;
    writer.begin_object();
    write_text(writer, "store", jobs.description());
    write_flag(writer, "ok", report.ok());
    write_strings(writer, "problems", report.problems);
    write_strings(writer, "facts", report.facts);
    writer.end_object();
    call.out.line(printable_json(writer.take()));
  } else {
    call.out.line(printable(jobs.description()));
    for (std::string const& fact : report.facts) call.out.line("  " + printable(fact));
    for (std::string const& problem : report.problems) call.out.line("problem: " + printable(problem));
    call.out.line(report.ok()
                      ? "no problems"
                      : fmt::format("{} problem{}", report.problems.size(), report.problems.size() == 1 ? "" : "s"));
  }
  return report.ok() ? kDone : kFailed;
}

}  // namespace

Builtin store_check_command() {
  return {
      Command("store:check", "checks the store: files, rows, counts")
          .details("Exit code 1 if there are problems.\n\nExample:\n  store:check --store sqlite:/srv/app/spark.db\n"),
      run};
}

}  // namespace spark
