#include "spark/console/command.hpp"

#include <kue/json.hpp>

#include "spark/console/console.hpp"
#include "spark/console/printable.hpp"

namespace spark {
namespace {

int run(Call& call) {
  call.args.done();
  if (!call.json) {
    call.out.line("spark " SPARK_VERSION);
    return kDone;
  }
  kue::Writer writer;
  writer.begin_object();
  writer.key("program");
  writer.string(as_utf8(call.console.program()));
  writer.key("spark");
  writer.string(SPARK_VERSION);
  writer.end_object();
  call.out.line(printable_json(writer.take()));
  return kDone;
}

}  // namespace

Command version_command() {
  return {.name = "version", .summary = "prints the version of spark that this program was built with", .details = {}, .run = run, .stands_alone = true};
}

}  // namespace spark
