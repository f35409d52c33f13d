// The program `spark`: the same commands in every application's directory.
//
// If spark.toml, here or above, names the application's own program in [application] binary, it becomes that program, with
// the same words. Without one, or with --store, it answers itself what needs no job class. `new` is its own in any case.

#include <kue/error.hpp>
#include <spark/application.hpp>

#include "spark/console/console.hpp"
#include "spark/console/program/new_command.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

// What spark.toml names; empty if there is none, or if it cannot be read: then run() says why.
static std::string application_binary() {
  try {
    return spark::Config::load(std::filesystem::current_path().string(), spark::Config::environment()).application.binary;
  } catch (kue::Error const&) {
    return {};
  }
}

static bool names_a_store(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    std::string_view const word = argv[i];
    if (word == "--store" || word.starts_with("--store=")) return true;
  }
  return false;
}

static int become(std::string const& binary, char** argv) {
  std::error_code ignored;
  if (std::filesystem::equivalent(binary, "/proc/self/exe", ignored)) {
    std::fprintf(stderr, "error: [application] binary in spark.toml is spark itself, %s; it must be the application's program\n", binary.c_str());
    return 2;
  }
  std::string name = binary;
  argv[0] = name.data();
  ::execv(binary.c_str(), argv);
  std::fprintf(stderr, "error: cannot run %s, which spark.toml names as [application] binary: %s\n", binary.c_str(), std::strerror(errno));
  return 2;
}

int main(int argc, char** argv) {
  spark::Command const own = spark::new_command();
  if (argc > 0 && !(argc > 1 && argv[1] == own.name) && !names_a_store(argc, argv)) {
    if (std::string const binary = application_binary(); !binary.empty()) return become(binary, argv);
  }
  spark::Application app;
  spark::Console console(app);
  console.add(own);
  return console.run(argc, argv);
}
