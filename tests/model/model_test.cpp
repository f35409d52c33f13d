// Model-based test: random command sequences on SQLite and on memory, with one clock and the same ids. After every
// command both answered the same and find no fault with themselves; now and then, and at the end, everything that can
// be seen of them is the same.
//
// A failure prints the shortest commands found and a line RC_PARAMS="reproduce=..." to run it again.

#include "tests/model/commands.hpp"
#include "tests/model/words.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <stdlib.h>

namespace rc {

template <> struct Arbitrary<model::Command> {
  static Gen<model::Command> arbitrary() {
    // At the nominal size: inRange would begin near 0, and the first runs would only push.
    auto const number = gen::resize(kNominalSize, gen::inRange<std::uint32_t>(0, 100'000));
    auto const verb = gen::resize(kNominalSize, gen::inRange<std::uint8_t>(0, model::kVerbs));
    return gen::build<model::Command>(gen::set(&model::Command::verb, verb), gen::set(&model::Command::a, number),
                                      gen::set(&model::Command::b, number), gen::set(&model::Command::c, number));
  }
};

}  // namespace rc

namespace model {
namespace {

using namespace std::chrono_literals;

constexpr int kLookEvery = 40;  // commands; looking at everything costs more than a command
constexpr auto kTimeForRuns = 15s, kTimeForShrinking = 30s;  // KUE_MODEL_SECONDS: for runs, with as many as fit in

class Folder {
 public:
  Folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "kue-model-XXXXXX";
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder like " + pattern);
    path_ = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string database() const { return path_ / "jobs.db"; }

 private:
  std::filesystem::path path_;
};

std::string last_difference;  // kept here because rapidcheck's own log is of its last try, not of the last failure

void expect_same(std::string const& calls, std::string const& memory, std::string const& sqlite) {
  if (memory == sqlite) return;
  last_difference = "after\n" + calls + "\nmemory says\n" + memory + "\n\nSQLite says\n" + sqlite + "\n";
  RC_FAIL("the stores differ");
}

// None, or the books of one do not agree with its jobs.
std::string problems(kue::Store& store) {
  std::string text;
  for (std::string const& problem : store.check().problems) text += "check: " + problem + "\n";
  if (!text.empty()) last_difference = store.description() + " says " + text;
  RC_ASSERT(text.empty());
  return text;
}

void expect_equal_stores(std::vector<Command> const& commands) {
  kue::testing::FakeClock clock;
  Folder const folder;
  // Without events a store may write what it would otherwise look at first.
  kue::StoreOptions const options{
      .clock = &clock, .durability = kue::Durability::process, .event_log = commands.size() % 2 == 0};
  auto const memory = kue::open_store("memory:", options);
  auto const sqlite = kue::open_store("sqlite:" + folder.database(), options);
  World world(clock);
  // Without a living node nothing happens; later commands may kill it.
  for (std::uint32_t node : {0u, 1u}) world.run({.verb = 16, .a = 2, .b = node}, *memory, *sqlite);

  std::string calls;
  int count = 0;
  for (Command const& command : commands) {
    auto const answers = world.run(command, *memory, *sqlite);
    calls += answers.call + "\n";
    expect_same(calls, answers.first, answers.second);
    expect_same(calls, problems(*memory), problems(*sqlite));  // of both none
    if (++count % kLookEvery == 0) expect_same(calls, everything(*memory), everything(*sqlite));
  }
  expect_same(calls, everything(*memory), everything(*sqlite));
}

TEST(model, sqlite_does_as_memory_does) {
  char const* const asked = std::getenv("KUE_MODEL_SECONDS");
  ::setenv("RC_PARAMS", asked != nullptr ? "max_success=100000 max_size=200" : "max_success=100 max_size=200",
           0);  // what the caller set stays
  auto until =
      std::chrono::steady_clock::now() + (asked != nullptr ? std::chrono::seconds(std::atoi(asked)) : kTimeForRuns);
  int runs = 0;
  bool const equal = rc::check("SQLite answers as the memory store does", [&](std::vector<Command> const& commands) {
    // Past the time every candidate counts as good: rapidcheck itself, and its shrinking, know no limit.
    if (std::chrono::steady_clock::now() > until) return;
    bool const first_difference = last_difference.empty();
    ++runs;
    try {
      expect_equal_stores(commands);
    } catch (...) {
      if (first_difference) until = std::chrono::steady_clock::now() + kTimeForShrinking;
      throw;
    }
  });
  EXPECT_TRUE(equal) << "The seed stands above. The stores differ " << last_difference;
  EXPECT_GE(runs, 10) << "hardly anything was compared in the time";
}

}  // namespace
}  // namespace model
