#pragma once
// ConsoleTest: a folder with nothing in it, and the program of console_program.cpp run there.

#include "json.hpp"
#include "program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

class ConsoleTest : public testing::Test {
 protected:
  Ran spark(std::vector<std::string> words, std::map<std::string, std::string> environment = {}) const {
    words.insert(words.begin(), CONSOLE_PROGRAM);
    return run(words, {.directory = folder_.path(), .environment = std::move(environment)});
  }
  Ran with_mode(std::string const& mode, std::vector<std::string> words) const { return spark(std::move(words), {{"CONSOLE_TEST", mode}}); }

  std::string push(std::vector<std::string> words) const {  // returns the id
    words.insert(words.begin(), "job:push");
    words.emplace_back("--json");
    Ran const ran = spark(words);
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    return text_at(parse(ran.out), "/id");
  }

  Folder folder_;
};
