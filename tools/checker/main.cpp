// kue-checker: reads a store's event log, its rows and the journals of jobs and producers, and says whether the promise
// was kept.

#include <kue/error.hpp>
#include <kue/store.hpp>
#include <kue/testing/checker.hpp>

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

constexpr std::string_view kUsage =
    "usage: kue-checker --store URL [--runs PATH] [--pushes PATH] [--drained] [--all]\n"
    "\n"
    "  --store URL    the store, for example sqlite:spark.db; its event log must have been on from the first push\n"
    "  --runs PATH    journals that the jobs wrote: a file or a directory of files (kue/testing/journal.hpp)\n"
    "  --pushes PATH  journals that the producers wrote\n"
    "  --drained      every job should be in a final state\n"
    "  --all          print every violation, not only the first one's history\n"
    "\n"
    "exit codes: 0 every rule holds, 1 a rule is broken, 2 usage, 3 nothing to check, 4 the store cannot be read\n";

struct Options {
  std::string store, runs, pushes;
  bool drained = false, all = false, help = false;
};

Options read_options(std::span<char*> args) {
  Options options;
  for (std::size_t i = 1; i < args.size(); ++i) {
    std::string_view const name = args[i];
    auto const value = [&] {
      if (++i == args.size()) throw std::invalid_argument(fmt::format("{} needs a value", name));
      return std::string(args[i]);
    };
    if (name == "--store")
      options.store = value();
    else if (name == "--runs")
      options.runs = value();
    else if (name == "--pushes")
      options.pushes = value();
    else if (name == "--drained")
      options.drained = true;
    else if (name == "--all")
      options.all = true;
    else if (name == "--help" || name == "-h")
      options.help = true;
    else
      throw std::invalid_argument(fmt::format("unknown option '{}'", name));
  }
  if (options.store.empty() && !options.help) throw std::invalid_argument("--store URL is missing");
  return options;
}

// Opening a store makes it if it is not there; a checker must not.
bool is_missing_file(std::string_view url) {
  constexpr std::string_view kScheme = "sqlite:";
  if (!url.starts_with(kScheme)) return false;
  std::string_view path = url.substr(kScheme.size());
  if (path.starts_with("//")) path.remove_prefix(2);
  return ::access(std::string(path).c_str(), F_OK) != 0;
}

int run(Options const& options) {
  if (is_missing_file(options.store)) {
    fmt::print(stderr, "kue-checker: there is no store at {}; name the file that the producers and workers opened\n",
               options.store);
    return 3;
  }
  auto const store = kue::open_store(options.store, {.event_log = true});
  kue::testing::History history = kue::testing::read_history(*store);
  if (history.events.empty()) {
    fmt::print(stderr, "kue-checker: {} has no events; its event log was never on\n", store->description());
    return 3;
  }
  if (!options.runs.empty()) history.runs = kue::testing::read_journals(options.runs);
  if (!options.pushes.empty()) history.pushes = kue::testing::read_journals(options.pushes);
  history.drained = options.drained;
  kue::testing::Verdict const verdict = kue::testing::check(history);
  fmt::print("{}\n{}", store->description(), verdict.text());
  if (options.all) {
    for (auto const& violation : verdict.violations)
      fmt::print("{} {} {}\n", to_string(violation.rule), violation.job.str(), violation.text);
  }
  return verdict.ok() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    Options const options = read_options(std::span(argv, static_cast<std::size_t>(argc)));
    if (options.help) {
      fmt::print("{}", kUsage);
      return 0;
    }
    return run(options);
  } catch (std::invalid_argument const& problem) {
    fmt::print(stderr, "kue-checker: {}\n\n{}", problem.what(), kUsage);
    return 2;
  } catch (std::exception const& problem) {
    fmt::print(stderr, "kue-checker: {}\n", problem.what());
    return 4;
  }
}
