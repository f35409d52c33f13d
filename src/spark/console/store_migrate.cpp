#include "spark/console/job_store.hpp"

#include <kue/error.hpp>
#include <kue/json.hpp>

#include "spark/console/printable.hpp"

#include <fmt/format.h>

namespace spark {
namespace {

std::string as_json(std::string const& where, kue::StoreSchema const& before, bool done) {
  kue::Writer writer;
  writer.begin_object();
  write_text(writer, "store", where);
  write_number(writer, "schema_before", before.version);
  write_number(writer, "schema", done ? before.newest : before.version);
  write_number(writer, "newest", before.newest);
  write_flag(writer, "done", done);
  writer.end_object();
  return printable_json(writer.take());
}

std::string sentence(kue::StoreSchema const& before, bool dry_run) {
  std::string const would = dry_run ? "would be " : "";
  if (before.version == before.newest) return fmt::format("schema {}: nothing to do", before.newest);
  if (before.version == 0) return fmt::format("{}made with schema {}", would, before.newest);
  return fmt::format("{}updated from schema {} to {}", would, before.version, before.newest);
}

int run(Call& call) {
  bool const dry_run = call.args.flag("--dry-run");
  std::string const url = call.app.config().store.url;
  auto const store = kue::open_store(url, {.migrate = false});
  kue::StoreSchema const before = store->schema();
  if (!before.refused_because.empty())
    throw kue::Error(kue::ErrorKind::refused, store->description() + ": " + before.refused_because);
  std::string const where = store->description();
  bool const needed = before.version != before.newest;
  if (needed && !dry_run) store->migrate();
  if (call.json)
    call.out.line(as_json(where, before, needed && !dry_run));
  else
    call.out.line(printable(where) + ": " + sentence(before, dry_run));
  return kDone;
}

}  // namespace

Builtin store_migrate_command() {
  return {Command("store:migrate", "updates the store to the schema of this program")
              .flag("--dry-run", "say what would be done, and do nothing")
              .details("Whoever opens a store updates it; this command does it at a moment of your choice, before a "
                       "deploy for example. Programs older than the schema refuse the store from then on and change "
                       "nothing (exit code 5).\n\nExamples:\n  store:migrate --dry-run\n  store:migrate\n"),
          run};
}

}  // namespace spark
