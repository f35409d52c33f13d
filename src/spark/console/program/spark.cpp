// The program `spark`: the same commands in every application's directory.
//
// If spark.toml, here or above, names the application's own program in [application] binary, it becomes that program,
// with the same words. Without one, or with --store, it answers itself what needs no job class. While the application's
// program cannot be run (not built yet), it answers what helps to get there. `new` and `bench` are its own in any case.

#include <kue/error.hpp>
#include <spark/application.hpp>

#include "spark/console/console.hpp"
#include "spark/console/program/bench/bench_command.hpp"
#include "spark/console/program/bench/bench_job.hpp"
#include "spark/console/program/new_command.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace fs = std::filesystem;

// Answered here as long as there is nobody to hand over to.
static constexpr std::array<std::string_view, 8> kAnsweredWithout{"doctor", "config:check", "config:show", "help",
                                                                  "--help", "-h",           "version",     "--version"};

// What spark.toml says; nothing of it if there is none, or if it cannot be read: then run() says why.
static spark::Config configured() {
  try {
    return spark::Config::load(fs::current_path().string(), spark::Config::environment());
  } catch (std::exception const&) {
    return {};
  }
}

static bool names_a_store(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    std::string_view const word = argv[i];
    if (word == "--") return false;
    if (word == "--store" || word.starts_with("--store=")) return true;
  }
  return false;
}

// Why it cannot be run and what to do; empty: it can.
static std::string obstacle(std::string const& binary, std::string const& file) {
  std::error_code ignored;
  std::string const named =
      ", which " + (file.empty() ? std::string("SPARK_APPLICATION_BINARY") : file) + " names as [application] binary, ";
  if (fs::equivalent(binary, "/proc/self/exe", ignored))
    return binary + named + "is spark itself\nhint: it must be the application's program";
  if (!fs::exists(binary, ignored))
    return binary + named + "does not exist\nhint: build it (cmake --build build), or correct the path";
  if (fs::is_directory(binary, ignored)) return binary + named + "is a directory\nhint: name the program in it";
  if (::access(binary.c_str(), X_OK) != 0)
    return binary + named + "cannot be executed\nhint: name the built program, or chmod +x it";
  return {};
}

static int refuse(std::string const& text) {
  std::fprintf(stderr, "error: %s\n", text.c_str());
  return 2;
}

static int become(std::string const& binary, char** argv) {
  std::string name = binary;
  argv[0] = name.data();
  ::execv(binary.c_str(), argv);
  return refuse("cannot run " + binary + ", the [application] binary: " + std::strerror(errno) +
                "\nhint: build it again for this machine");
}

int main(int argc, char** argv) {
  std::array const own{spark::new_command(), spark::bench::bench_command()};
  std::string_view const word = argc > 1 ? argv[1] : "";
  if (argc > 0 &&
      std::ranges::none_of(own, [&](spark::Builtin const& one) { return one.declared.declaration().name == word; }) &&
      !names_a_store(argc, argv)) {
    spark::Config const config = configured();
    std::string const& binary = config.application.binary;
    std::string const problem = binary.empty() ? "" : obstacle(binary, config.file);
    bool const answered = std::find(kAnsweredWithout.begin(), kAnsweredWithout.end(), word) != kAnsweredWithout.end();
    if (!binary.empty() && problem.empty()) return become(binary, argv);
    if (!problem.empty() && !answered) return refuse(problem);
  }
  spark::Application app;
  if (spark::bench::is_bench_worker()) app.jobs<spark::bench::BenchJob>();
  spark::Console console(app);
  for (spark::Builtin const& one : own) console.add(one);
  return console.run(argc, argv);
}
