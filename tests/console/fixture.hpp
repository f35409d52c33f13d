#pragma once
// ConsoleTest: a folder with nothing in it, and the program of console_program.cpp run there.

#include "json.hpp"
#include "program.hpp"

#include <kue/open_queue.hpp>
#include <kue/store_queue.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

class ConsoleTest : public testing::Test {
 protected:
  Ran spark(std::vector<std::string> words, std::map<std::string, std::string> environment = {}) const {
    words.insert(words.begin(), CONSOLE_PROGRAM);
    return run(words, {.directory = folder_.path(), .environment = std::move(environment)});
  }
  Ran with_mode(std::string const& mode, std::vector<std::string> words) const {
    return spark(std::move(words), {{"CONSOLE_TEST", mode}});
  }

  std::string push(std::vector<std::string> words) const {  // returns the id
    words.insert(words.begin(), "job:push");
    words.emplace_back("--json");
    Ran const ran = spark(words);
    EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
    return text_at(parse(ran.out), "/id");
  }

  // Straight into the store: thousands of jobs in a moment.
  void push_many(int count, std::string const& queue, std::string const& kind = "Greet",
                 std::function<void(kue::Envelope&)> change = {}) const {
    std::vector<kue::Envelope> jobs;
    for (int i = 0; i < count; ++i) {
      kue::Envelope job;
      job.id = kue::JobId::make();
      job.kind = kind;
      job.queue = queue;
      job.args = R"({"name":"x"})";
      if (change) change(job);
      jobs.push_back(std::move(job));
    }
    kue::open_store("sqlite:" + folder_.path("spark.db"))->push({.jobs = jobs});
  }
  std::int64_t count(std::string const& queue, kue::State state) const {
    for (kue::QueueCounts const& counts : kue::open_store("sqlite:" + folder_.path("spark.db"))->counts()) {
      if (counts.queue == queue) return counts.of(state);
    }
    return 0;
  }
  std::string state_of(std::string const& id) const {
    return text_at(parse(spark({"job:show", id, "--json"}).out), "/job/state");
  }

  Folder folder_;
};
