// A user's program for the tests of upgrades: built with the commit of schema 4 and with this one, so it says only what
// both understand.
//
//   UPGRADE_BEGUN=begun UPGRADE_DONE=done upgrade_program queue:worker -c 2
//   upgrade_program push:loop --first 1000 --count 200 --told told
//
// Each Note writes its number into one file when it begins and into another when it ends. push:loop pushes one job a
// call and writes down the numbers of those that the queue took.

#include <spark/spark.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

namespace {

// One write a line, so that lines of several processes do not mix.
void append(char const* path, std::string const& line) {
  if (!path) return;
  int const file = ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  bool const written = file >= 0 && ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  if (file >= 0) ::close(file);
  if (!written) throw std::runtime_error(std::string("cannot write ") + path);
}

struct Note {
  static constexpr std::string_view kind = "Note";
  int number = 0;
  std::string text;
  int sleep_ms = 0;

  void run() const {
    append(std::getenv("UPGRADE_BEGUN"), std::to_string(number) + "\n");
    std::this_thread::sleep_for(std::chrono::milliseconds(sleep_ms));
    append(std::getenv("UPGRADE_DONE"), std::to_string(number) + "\n");
  }
};

// Pushes one by one and goes on after an error, as a server does. Says each sentence of an error once.
int push_loop(spark::Application& app, int first, int count, int pause, int sleep, std::string const& told,
              std::string const& stop) {
  std::set<std::string> said;
  int refused = 0;
  for (int number = first; number < first + count && ::access(stop.c_str(), F_OK) != 0; ++number) {
    try {
      app[spark::queue]->push(Note{number, "pushed in a loop", sleep});
      append(told.c_str(), std::to_string(number) + "\n");
    } catch (spark::Error const& error) {
      ++refused;
      if (said.insert(error.what()).second) std::printf("refused: %s\n", error.what());
      std::fflush(stdout);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(pause));
  }
  std::printf("%d refused\n", refused);
  return 0;
}

constexpr char const* kSummary = "pushes jobs one by one and notes which were taken";

#if __has_include(<spark/command.hpp>)
void declare_push_loop(spark::Application& app) {
  app.command("push:loop", kSummary)
      .option("--first N", 1, "number of the first job")
      .option("--count N", 100, "jobs at most")
      .option("--pause-ms N", 20, "milliseconds between two")
      .option("--sleep-ms N", 0, "how long each job takes")
      .option("--told", "told", "file for the numbers whose push returned")
      .option("--stop", "stop", "ends when this file is there")
      .run([&](spark::Args const& args) {
        return push_loop(app, args.number("--first"), args.number("--count"), args.number("--pause-ms"),
                         args.number("--sleep-ms"), args.text("--told"), args.text("--stop"));
      });
}
#else  // the commit of schema 4
void declare_push_loop(spark::Application& app) {
  app.command("push:loop", kSummary, [&](spark::Args& args) {
    int const first = args.option("--first N", 1, "number of the first job");
    int const count = args.option("--count N", 100, "jobs at most");
    int const pause = args.option("--pause-ms N", 20, "milliseconds between two");
    int const sleep = args.option("--sleep-ms N", 0, "how long each job takes");
    std::string const told = args.option("--told", "told", "file for the numbers whose push returned");
    std::string const stop = args.option("--stop", "stop", "ends when this file is there");
    args.done();
    return push_loop(app, first, count, pause, sleep, told, stop);
  });
}
#endif

}  // namespace

int main(int argc, char** argv) {
  spark::Application app;
  app.jobs<Note>();
  declare_push_loop(app);
  return app.run(argc, argv);
}
