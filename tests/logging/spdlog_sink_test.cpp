#include <kue/log/spdlog_sink.hpp>

#include <spdlog/spdlog.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::ElementsAre;

struct Kept : kue::LogSink {
  std::vector<std::string> lines;
  void write(kue::LogLine const& line) override {
    lines.push_back(std::string(to_string(line.level)) + "|" + std::string(line.job.kind()) + "|" +
                    std::string(line.text));
  }
};

TEST(SpdlogSink, levels_name_and_job_arrive_and_patterns_do_not) {
  auto const kept = std::make_shared<Kept>();
  auto const logger = kue::spdlog_logger(kue::Logger(kept, kue::LogLevel::debug), "shop");
  logger->set_pattern("[%H:%M:%S] %v");
  logger->trace("t");
  logger->debug("d {}", 1);
  {
    kue::JobScope const scope(kue::JobMark(kue::JobId::make(), "ChargeCard", 1));
    logger->info("i");
  }
  logger->warn("w");
  logger->error("e");
  logger->critical("c");
  EXPECT_THAT(kept->lines, ElementsAre("debug||shop: t", "debug||shop: d 1", "info|ChargeCard|shop: i", "warn||shop: w",
                                       "error||shop: e", "error||shop: c"));
}

TEST(SpdlogSink, the_level_of_our_logger_decides) {
  auto const kept = std::make_shared<Kept>();
  auto const logger = kue::spdlog_logger(kue::Logger(kept, kue::LogLevel::warn));
  logger->info("no");
  logger->warn("yes");
  EXPECT_THAT(kept->lines, ElementsAre("warn||yes"));
}

}  // namespace
