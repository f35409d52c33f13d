#include <kue/error.hpp>
#include <spark/config.hpp>

#include "spark/application/duration.hpp"
#include "spark/application/store_url.hpp"
#include "spark/application/suggest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using spark::Config;
using testing::HasSubstr;

class ConfigTest : public testing::Test {
 protected:
  ConfigTest() {
    std::string name = (fs::temp_directory_path() / "spark-config-XXXXXX").string();
    root_ = fs::canonical(::mkdtemp(name.data()));
  }
  ~ConfigTest() override { fs::remove_all(root_); }

  void write(std::string const& text) { std::ofstream(root_ / "spark.toml") << text; }
  Config load(Config::Environment const& environment = {}) const { return Config::load(root_.string(), environment); }
  std::string refusal(Config::Environment const& environment = {}) const {
    try {
      load(environment);
    } catch (kue::Error const& error) {
      EXPECT_EQ(error.kind(), kue::ErrorKind::invalid);
      return error.what();
    }
    return "nothing was thrown";
  }

  fs::path root_;
};

TEST_F(ConfigTest, defaults_without_a_file) {
  Config const config = load();
  EXPECT_EQ(config.file, "");
  EXPECT_EQ(config.store.url, "sqlite:" + (root_ / "spark.db").string());
  EXPECT_EQ(config.worker.concurrency, 1);
  EXPECT_EQ(config.worker.stop_timeout, 25s);
  EXPECT_EQ(config.store.durability, kue::Durability::full);
}

TEST_F(ConfigTest, reads_every_key) {
  write(R"(
[application]
name = "shop"
binary = "build/shop"
[store]
url = "sqlite:var/../jobs.db"
durability = "process"
event_log = true
[worker]
concurrency = 4
queues = ["mail", "default"]
stop_timeout = "1m"
pid_file = "run/worker.pid"
[log]
level = "warn"
format = "json"
)");
  Config const config = load();
  EXPECT_EQ(config.file, (root_ / "spark.toml").string());
  EXPECT_EQ(config.application.name, "shop");
  EXPECT_EQ(config.application.binary, (root_ / "build/shop").string());
  EXPECT_EQ(config.store.url, "sqlite:" + (root_ / "jobs.db").string());
  EXPECT_EQ(config.store.durability, kue::Durability::process);
  EXPECT_TRUE(config.store.event_log);
  EXPECT_EQ(config.worker.concurrency, 4);
  EXPECT_THAT(config.worker.queues, testing::ElementsAre("mail", "default"));
  EXPECT_EQ(config.worker.stop_timeout, 1min);
  EXPECT_EQ(config.worker.pid_file, (root_ / "run/worker.pid").string());
  EXPECT_EQ(config.log.level, kue::LogLevel::warn);
  EXPECT_EQ(config.log.format, kue::LogFormat::json);
}

TEST_F(ConfigTest, is_found_above_and_its_paths_stay_relative_to_it) {
  write("[worker]\nconcurrency = 3\n");
  fs::create_directories(root_ / "deep/er");
  Config const config = Config::load((root_ / "deep/er").string(), {});
  EXPECT_EQ(config.worker.concurrency, 3);
  EXPECT_EQ(config.store.url, "sqlite:" + (root_ / "spark.db").string());
}

TEST_F(ConfigTest, the_environment_wins_over_the_file) {
  write("[store]\nurl = \"sqlite:file.db\"\n[worker]\nconcurrency = 3\n");
  Config const config = load({{"SPARK_STORE_URL", "sqlite:env.db"},
                              {"SPARK_STORE_DURABILITY", "process"},
                              {"SPARK_STORE_EVENT_LOG", "true"},
                              {"SPARK_WORKER_CONCURRENCY", "8"},
                              {"SPARK_WORKER_QUEUES", "a, b"},
                              {"SPARK_WORKER_STOP_TIMEOUT", "500ms"},
                              {"SPARK_LOG_LEVEL", "debug"}});
  EXPECT_EQ(config.store.url, "sqlite:" + (root_ / "env.db").string());
  EXPECT_EQ(config.store.durability, kue::Durability::process);
  EXPECT_TRUE(config.store.event_log);
  EXPECT_EQ(config.worker.concurrency, 8);
  EXPECT_THAT(config.worker.queues, testing::ElementsAre("a", "b"));
  EXPECT_EQ(config.worker.stop_timeout, 500ms);
  EXPECT_EQ(config.log.level, kue::LogLevel::debug);
}

TEST_F(ConfigTest, queues_may_have_weights_all_or_none) {
  write("[worker]\nqueues = [\"mail:3\", \"default:1\"]\n");
  EXPECT_THAT(load().worker.queues, testing::ElementsAre("mail:3", "default:1"));
  write("[worker]\nqueues = [\"mail:3\", \"default\"]\n");
  EXPECT_THAT(refusal(), HasSubstr("all or none with a weight"));
  write("[worker]\nqueues = [\"mail:0\"]\n");
  EXPECT_THAT(refusal(), HasSubstr("worker.queues must be a list of queue names"));
}

TEST_F(ConfigTest, names_every_problem_with_file_and_line) {
  write("[store]\nulr = \"sqlite:x\"\n[worker]\nconcurrency = 1000\nstop_timeout = 25\nqueues = [\"a\", "
        "7]\n[wroker]\nx = 1\n[log]\nlevel = \"loud\"\n");
  std::string const text = refusal({{"SPARK_STORE_URL", ""}, {"SPARK_WORKER_CONCURENCY", "4"}});
  std::string const file = (root_ / "spark.toml").string();
  EXPECT_THAT(text, HasSubstr("configuration has 8 problems:"));
  EXPECT_THAT(text, HasSubstr(file + ":2: unknown key 'store.ulr', did you mean url?"));
  EXPECT_THAT(text, HasSubstr(file + ":4: worker.concurrency must be a whole number from 0 to 256"));
  EXPECT_THAT(text, HasSubstr(file + ":5: worker.stop_timeout must be a duration such as \"25s\" or \"5m\""));
  EXPECT_THAT(text, HasSubstr(file + ":6: worker.queues must be a list of queue names"));
  EXPECT_THAT(text, HasSubstr(file + ":7: unknown section 'wroker', did you mean worker?"));
  EXPECT_THAT(text, HasSubstr(file + ":10: log.level must be \"debug\""));
  EXPECT_THAT(text, HasSubstr("environment variable SPARK_STORE_URL is empty"));
  EXPECT_THAT(
      text, HasSubstr("unknown environment variable SPARK_WORKER_CONCURENCY, did you mean SPARK_WORKER_CONCURRENCY?"));
}

TEST_F(ConfigTest, a_syntax_error_has_its_line) {
  write("[store]\nurl = \n");
  EXPECT_THAT(refusal(), HasSubstr((root_ / "spark.toml").string() + ":2: "));
}

TEST_F(ConfigTest, a_directory_in_its_place_is_an_error) {
  fs::create_directory(root_ / "spark.toml");
  EXPECT_THAT(refusal(), HasSubstr("is not a file"));
}

TEST_F(ConfigTest, never_repeats_a_secret) {
  EXPECT_THAT(refusal({{"SPARK_STORE_URL", "hunter2"}}), testing::Not(HasSubstr("hunter2")));
}

TEST_F(ConfigTest, other_programs_variables_are_left_alone) {
  EXPECT_NO_THROW(load({{"SPARK_HOME", "/opt/spark"}, {"SPARK_WORKER_CORES", "4"}, {"SPARK_LOG_DIR", "/var"}}));
}

TEST_F(ConfigTest, retention_usually_and_of_single_queues) {
  write("[retention]\ncompleted = \"2d\"\ncompleted_count = 500\n[retention.queues.mail]\ncompleted = "
        "\"0s\"\ndiscarded = \"forever\"\n");
  Config const config = load();
  EXPECT_EQ(config.retention.usual, (kue::Keep{.completed = 48h, .completed_count = 500}));
  EXPECT_EQ(config.retention.of("mail"),
            (kue::Keep{.completed = 0s, .discarded = kue::limits::kForever, .completed_count = 500}));
  EXPECT_EQ(load({{"SPARK_RETENTION_COMPLETED_COUNT", "7"}}).retention.of("mail").completed_count, 7)
      << "what a queue does not say is the usual";
  EXPECT_EQ(load({{"SPARK_RETENTION_COMPLETED", "1h"}}).retention.of("mail").completed, 0s);
}

TEST_F(ConfigTest, refuses_wrong_retention) {
  write("[retention]\ncompleted = 24\nqueus = 1\n[retention.queues.mail]\ncompletd = \"1h\"\ncompleted_count = "
        "-1\n[retention.queues.\"a b\"]\n");
  std::string const text = refusal();
  EXPECT_THAT(text, HasSubstr("spark.toml:2: retention.completed must be a duration such as \"24h\", \"0s\" (gone at "
                              "the next look) or \"forever\""));
  EXPECT_THAT(text, HasSubstr("spark.toml:3: unknown key 'retention.queus', did you mean queues?"));
  EXPECT_THAT(text, HasSubstr("spark.toml:5: unknown key 'retention.queues.mail.completd', did you mean completed?"));
  EXPECT_THAT(text, HasSubstr("spark.toml:6: retention.queues.mail.completed_count must be a whole number, 0 or more"));
  EXPECT_THAT(text, HasSubstr("spark.toml:7: retention.queues.a b is not the name of a queue"));
}

TEST(Duration, reads_what_people_write) {
  EXPECT_EQ(spark::parse_duration("500ms"), 500ms);
  EXPECT_EQ(spark::parse_duration("25s"), 25s);
  EXPECT_EQ(spark::parse_duration("5m"), 5min);
  EXPECT_EQ(spark::parse_duration("2h"), 2h);
  EXPECT_EQ(spark::parse_duration("1d"), 24h);
  for (auto const* wrong :
       {"", "5", "s", "-5s", "1.5s", "5 s", "5S", "9223372036854775807d", "99999999999999999999s"}) {
    EXPECT_EQ(spark::parse_duration(wrong), std::nullopt) << wrong;
  }
  for (auto const duration : {0ms, 1ms, 1500ms, 90'000ms, 86'400'000ms}) {
    EXPECT_EQ(spark::parse_duration(spark::duration_text(duration)), duration);
  }
  EXPECT_EQ(spark::duration_text(90s), "90s");
  EXPECT_EQ(spark::duration_text(5min), "5m");
}

TEST(Suggest, ends_a_sentence) {
  std::vector<std::string> const known{"queue:worker", "queue:stats", "job:push"};
  EXPECT_EQ(spark::did_you_mean("queue:wroker", known), ", did you mean queue:worker?");
  EXPECT_EQ(spark::did_you_mean("zzz", known), "");
}

TEST(StoreUrl, becomes_absolute_and_hides_passwords) {
  EXPECT_EQ(spark::absolute_store_url("sqlite:spark.db", "/srv/app"), "sqlite:/srv/app/spark.db");
  EXPECT_EQ(spark::absolute_store_url("sqlite:/var/x.db", "/srv/app"), "sqlite:/var/x.db");
  EXPECT_EQ(spark::absolute_store_url("sqlite:///var/x.db", "/srv/app"), "sqlite:/var/x.db");
  EXPECT_EQ(spark::absolute_store_url("sqlite:spark.db?gathered_wal=off", "/srv/app"),
            "sqlite:/srv/app/spark.db?gathered_wal=off");
  EXPECT_EQ(spark::absolute_store_url("sqlite:what%3F.db", "/srv/50%?"), "sqlite:/srv/50%25%3F/what%3F.db");
  EXPECT_EQ(spark::sqlite_file("sqlite:/srv/50%25%3F/what%3F.db?gathered_wal=off"), "/srv/50%?/what?.db");
  EXPECT_EQ(spark::absolute_store_url("sqlite://host/x.db", "/srv/app"), "sqlite://host/x.db");
  EXPECT_EQ(spark::absolute_store_url("sqlite:", "/srv/app"), "sqlite:");
  EXPECT_EQ(spark::absolute_store_url("memory:", "/srv/app"), "memory:");
  EXPECT_EQ(spark::without_secrets("redis://:hunter2@host/0"), "redis://:***@host/0");
  EXPECT_EQ(spark::without_secrets("postgres://me:hun@ter@host/db"), "postgres://me:***@host/db");
  EXPECT_EQ(spark::without_secrets("sqlite:/a/b@c.db"), "sqlite:/a/b@c.db");
}

}  // namespace
