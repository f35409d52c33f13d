#include "spark/console/program/new_command.hpp"

#include <kue/json.hpp>

#include "spark/console/printable.hpp"
#include "spark/console/program/new_project.hpp"

#include <filesystem>

namespace spark {
namespace {

std::string as_json(NewProject const& made) {
  kue::Writer writer;
  writer.begin_object();
  write_text(writer, "path", made.path);
  write_strings(writer, "files", made.files);
  write_strings(writer, "next", made.next);
  writer.end_object();
  return printable_json(writer.take());
}

int run(Call& call) {
  std::string const name = call.args.text("NAME");
  NewProject const made = new_project(std::filesystem::current_path().string(), name);
  if (call.json) {
    call.out.line(as_json(made));
    return kDone;
  }
  call.out.line("Made " + printable(made.path) + ":");
  for (std::string const& file : made.files) call.out.line("  " + file);
  call.out.line("Now type, the last one in another terminal:");
  for (std::string const& line : made.next) call.out.line("  " + line);
  call.out.line("and open http://127.0.0.1:8080/hello?name=Ada");
  return kDone;
}

}  // namespace

Builtin new_command() {
  return {
      Command("new", "writes a new application: a job, a page that pushes it, a test")
          .argument("NAME", "name of the program and of the folder to create")
          .details("The application is built with CMake, serves its page with cpp-httplib and tests with GoogleTest. "
                   "On Debian 12 it needs cmake g++ make pkg-config libspark-dev libcpp-httplib-dev libgtest-dev.\nA "
                   "folder of that name that is not empty is left alone: exit code 5.\n\nExample:\n  new shop\n"),
      run, CommandKind::alone};
}

}  // namespace spark
