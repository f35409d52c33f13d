// The log of a child: what is written at once, what waits, what a crash leaves, who writes it then.

#include "kue/worker/child/child_log.hpp"

#include "kue/base/dangerous_test.hpp"
#include "kue/base/forked_test.hpp"
#include "kue/worker/board/scoreboard.hpp"

#include <kue/logger.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <functional>
#include <sstream>
#include <thread>

namespace kue::worker {
namespace {

constexpr SteadyPoint kNow{Millis(5000)};

struct SlotLinesTest : ::testing::Test {
  Scoreboard board{1};
  SlotLines& lines = board.slot(0).lines;

  // What `part` writes to stderr in a forked process.
  static std::string stderr_of(std::function<void()> const& part) {
    return kue::test::written_in_a_child([&](int out) {
      ::dup2(out, STDERR_FILENO);
      part();
    });
  }
  // The same, of a child that logs.
  std::string stderr_of_child(std::function<void(ChildLog&, Logger&, Sentinel const&)> const& part) {
    return stderr_of([&] {
      Sentinel const sentinel;
      ChildLog log(lines, sentinel);
      Logger logger(stderr_sink());
      part(log, logger, sentinel);
    });
  }
  std::string left() {
    return stderr_of([this] { lines.write_for_another(); });
  }
};

TEST_F(SlotLinesTest, are_taken_whole_and_once) {
  EXPECT_FALSE(lines.any());
  EXPECT_EQ(lines.take(), "");
  EXPECT_TRUE(lines.add("one\n", kNow));
  EXPECT_TRUE(lines.add("two\n", kNow + Millis(30)));
  EXPECT_TRUE(lines.any());
  EXPECT_TRUE(lines.wait_since_before(kNow));
  EXPECT_FALSE(lines.wait_since_before(kNow - Millis(1))) << "the age is the first line's";
  EXPECT_EQ(lines.take(), "one\ntwo\n");
  EXPECT_FALSE(lines.any());
  EXPECT_EQ(lines.take(), "");
}

TEST_F(SlotLinesTest, hold_as_much_as_one_write_may_and_not_more) {
  std::string const line(kMostUnmixed / 2, 'x');
  EXPECT_TRUE(lines.add(line, kNow));
  EXPECT_TRUE(lines.add(line, kNow));
  EXPECT_FALSE(lines.add("\n", kNow));
  EXPECT_EQ(lines.take().size(), kMostUnmixed);
}

TEST_F(SlotLinesTest, lose_and_repeat_nothing_when_another_takes_while_lines_are_added) {
  constexpr int kCount = 20'000;
  std::atomic<bool> ended{false};
  std::string all;
  std::thread taker([&] {
    while (!ended.load() || lines.any()) all += lines.take();
  });
  for (int i = 0; i < kCount; ++i) {
    std::string const line = std::to_string(i) + "\n";
    for (int tries = 0; !lines.add(line, kNow) && tries < 1'000'000; ++tries) std::this_thread::yield();
  }
  ended = true;
  taker.join();
  std::istringstream in(all);
  int expected = 0;
  for (std::string line; std::getline(in, line); ++expected) ASSERT_EQ(line, std::to_string(expected));
  EXPECT_EQ(expected, kCount);
}

TEST_F(SlotLinesTest, a_stray_write_does_not_play_with_the_terminal) {
  lines.add("good\nbad \x1b[2J\n", kNow);
  EXPECT_EQ(left(), "good\nbad ?[2J\n");
  lines.word = 0xffff;  // a size that cannot be
  EXPECT_LE(left().size(), kMostUnmixed);
}

TEST_F(SlotLinesTest, no_dangerous_character_gets_out_of_a_dead_childs_lines) {
  test::for_each_dangerous([&](char32_t code, std::string const& character) {
    if (code == '\n') return;  // ends a line
    lines.add("a" + character + "b\n", kNow);
    EXPECT_EQ(left(), "a?b\n") << test::name_of(code);
  });
}

TEST_F(SlotLinesTest, a_child_that_holds_nothing_back_writes_each_line_at_once) {
  std::string const text = stderr_of_child([](ChildLog&, Logger& logger, Sentinel const&) {
    logger.info("first");
    ::raise(SIGKILL);
  });
  EXPECT_NE(text.find("first\n"), text.npos);
  EXPECT_EQ(left(), "");
}

TEST_F(SlotLinesTest, a_killed_child_leaves_what_it_held_back) {
  std::string const text = stderr_of_child([](ChildLog& log, Logger& logger, Sentinel const&) {
    log.hold_back(true);
    logger.info("first");
    log.hold_back(false);
    log.hold_back(true);
    logger.info("second");
    ::raise(SIGKILL);
  });
  EXPECT_NE(text.find("first\n"), text.npos);
  EXPECT_EQ(text.find("second"), text.npos);
  EXPECT_NE(left().find("second\n"), std::string::npos);
  EXPECT_EQ(left(), "");
}

TEST_F(SlotLinesTest, many_lines_come_whole_and_in_order) {
  std::string const text = stderr_of_child([](ChildLog& log, Logger& logger, Sentinel const&) {
    log.hold_back(true);
    for (int i = 0; i < 200; ++i) logger.info("line {} {}", i, std::string(40, 'x'));
    logger.info("long {}", std::string(9000, 'y'));
    log.hold_back(false);
    logger.info("last");
  });
  std::size_t at = 0;
  for (int i = 0; i < 200; ++i) {
    std::size_t const found = text.find(fmt::format("line {} {}\n", i, std::string(40, 'x')), at);
    ASSERT_NE(found, text.npos) << i;
    at = found;
  }
  EXPECT_LT(at, text.find("long yyy"));
  EXPECT_LT(text.find("long yyy"), text.find("last\n"));
}

TEST_F(SlotLinesTest, a_process_that_a_job_forks_writes_by_itself) {
  std::string const text = stderr_of_child([](ChildLog& log, Logger& logger, Sentinel const&) {
    log.hold_back(true);
    logger.info("mine");
    pid_t const forked = ::fork();
    if (forked == 0) {
      logger.info("its");
      ::_exit(0);
    }
    ::waitpid(forked, nullptr, 0);
    ::raise(SIGKILL);
  });
  EXPECT_NE(text.find("its\n"), text.npos);
  EXPECT_EQ(text.find("mine"), text.npos);
  EXPECT_NE(left().find("mine\n"), std::string::npos);
}

TEST_F(SlotLinesTest, a_child_whose_descriptors_a_job_has_closed_writes_nothing) {
  std::string const text = stderr_of_child([](ChildLog& log, Logger& logger, Sentinel const& sentinel) {
    log.hold_back(true);
    logger.info("first");
    ::close(sentinel.number());
    log.hold_back(false);
    ::_exit(0);
  });
  EXPECT_EQ(text, "");
  EXPECT_NE(left().find("first\n"), std::string::npos);
}

}  // namespace
}  // namespace kue::worker
