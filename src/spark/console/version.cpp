#include "spark/console/command.hpp"

#include <kue/json.hpp>
#include <kue/store.hpp>

#include "spark/console/console.hpp"
#include "spark/console/printable.hpp"

#include <fmt/format.h>

namespace spark {
namespace {

// "sqlite (SQLite 3.40.1), memory"
std::string stores_text() {
  std::string all;
  for (kue::StoreDriver const& driver : kue::store_drivers()) {
    if (!all.empty()) all += ", ";
    all += driver.scheme;
    if (!driver.version.empty()) all += fmt::format(" ({})", driver.version);
  }
  return all;
}

void write_stores(kue::Writer& writer) {
  writer.begin_array();
  for (kue::StoreDriver const& driver : kue::store_drivers()) {
    writer.begin_object();
    write_text(writer, "scheme", driver.scheme);
    write_text(writer, "version", driver.version);
    writer.end_object();
  }
  writer.end_array();
}

int run(Call& call) {
  if (!call.json) {
    call.out.line("spark " SPARK_VERSION);
    call.out.line("stores: " + stores_text());
    return kDone;
  }
  kue::Writer writer;
  writer.begin_object();
  write_text(writer, "program", call.console.program());
  write_text(writer, "spark", SPARK_VERSION);
  writer.key("stores");
  write_stores(writer);
  writer.end_object();
  call.out.line(printable_json(writer.take()));
  return kDone;
}

}  // namespace

Builtin version_command() {
  return {
      Command("version", "prints the version of spark that this program was built with, and the stores that it has"),
      run, CommandKind::alone};
}

}  // namespace spark
