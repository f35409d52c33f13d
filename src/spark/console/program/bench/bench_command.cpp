#include "spark/console/program/bench/bench_command.hpp"

#include "spark/console/program/bench/bench_job.hpp"
#include "spark/console/program/bench/process.hpp"
#include "spark/console/program/bench/works.hpp"

#include "spark/application/suggest.hpp"
#include "spark/console/printable.hpp"

#include <kue/error.hpp>
#include <kue/json.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace spark::bench {
namespace {

// "sqlite:PATH" -> PATH, absolute.
std::string path_of(std::string const& url) {
  if (url.rfind("sqlite:", 0) != 0 || url.size() == 7 || url.find('?') != url.npos) {
    throw kue::Error(kue::ErrorKind::invalid,
                     "the benchmark runs on SQLite files: --store sqlite:PATH, where the folder of PATH exists");
  }
  return std::filesystem::absolute(url.substr(7)).lexically_normal().string();
}

std::vector<std::string> names_of_works() {
  std::vector<std::string> all;
  for (Work const& work : works()) {
    all.push_back(work.name);
    all.insert(all.end(), work.also.begin(), work.also.end());
  }
  return all;
}

std::vector<Work> chosen(std::vector<std::string> const& names) {
  if (names.empty()) return works();
  std::vector<Work> all;
  for (std::string const& name : names) {
    auto const found = std::find_if(works().begin(), works().end(), [&](Work const& work) {
      return work.name == name || std::find(work.also.begin(), work.also.end(), name) != work.also.end();
    });
    if (found == works().end()) {
      throw kue::Error(kue::ErrorKind::invalid,
                       fmt::format("no work '{}'{}\nhint: there are {}", name, did_you_mean(name, names_of_works()),
                                   fmt::join(names_of_works(), ", ")));
    }
    if (std::none_of(all.begin(), all.end(), [&](Work const& work) { return work.name == found->name; }))
      all.push_back(*found);
  }
  return all;
}

std::string as_json(std::string const& store, std::string const& file_system, Setting const& setting,
                    std::vector<std::string> const& facts, std::vector<Figure> const& figures) {
  kue::Writer writer;
  writer.begin_object();
  write_text(writer, "store", store);
  write_text(writer, "file_system", file_system);
  write_text(writer, "durability", setting.durability);
  write_strings(writer, "conditions", facts);
  writer.key("results");
  writer.begin_array();
  for (Figure const& figure : figures) {
    writer.begin_object();
    write_text(writer, "work", figure.work);
    writer.key("value");
    writer.number(figure.value);
    write_text(writer, "unit", figure.unit);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  return printable_json(writer.take());
}

void say(std::string const& line) { std::fprintf(stderr, "%s\n", line.c_str()); }

int run(Call& call) {
  std::string const store = call.args.text("--store");
  Setting setting;
  setting.durability = call.args.text("--durability");
  setting.jobs = static_cast<std::uint64_t>(call.args.optional_number("--jobs").value_or(0));
  setting.allow_tmpfs = call.args.flag("--allow-tmpfs");
  std::vector<Work> const all = chosen(call.args.texts("--work"));
  setting.store_path = path_of(store);
  std::string const file_system = file_system_of(setting.store_path, setting.allow_tmpfs);
  say(fmt::format("store {}-WORK on {}, durability {}", printable(setting.store_path), file_system,
                  setting.durability));
  std::vector<std::string> const facts = conditions(setting);
  for (std::string const& fact : facts) say("  " + printable(fact));

  std::vector<Figure> figures;
  for (Work const& work : all) {
    say(fmt::format("{}: {}", work.name, work.what));
    for (Figure& figure : work.run(setting)) {
      if (!call.json) call.out.line(fmt::format("{}\t{:.2f}\t{}", figure.work, figure.value, figure.unit));
      figures.push_back(std::move(figure));
    }
    if (!call.json) call.out.flush();
  }
  if (call.json) call.out.line(as_json(store, file_system, setting, facts, figures));
  return kDone;
}

std::string details() {
  std::string text = "Real processes on a real file: one pushes, a queue:worker -c 2 runs, another counts. Every job "
                     "must have run exactly once and be completed in the store, or there is no figure.\n\nWorks:\n";
  for (Work const& work : works()) text += fmt::format("  {:<18}  {}\n", work.name, work.what);
  text += "\nExamples:\n  bench --work drain_10k\n  bench --store sqlite:/srv/disk/bench.db --json\n";
  return text;
}

}  // namespace

Builtin bench_command() {
  return {Command("bench", "measures how fast jobs go through a store")
              .option("--store URL", "sqlite:spark-bench.db",
                      "each work makes a file of its own beside this one, and removes it")
              .options("--work NAME", "only this work; may be given several times")
              .option("--durability HOW", "full", "full or process")
              .one_of({"full", "process"})
              .option<int>("--jobs N", "so many jobs, instead of the work's own number")
              .between(1, 100'000'000)
              .flag("--allow-tmpfs", "on a file system that is memory, too")
              .details(details()),
          run, CommandKind::alone};
}

bool is_bench_worker() { return std::getenv(kBoardVariable) != nullptr; }

}  // namespace spark::bench
