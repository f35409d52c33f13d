// The commands about a whole set-up: configuration, store, doctor.

#include "fixture.hpp"
#include "terminal.hpp"

#include <kue/open_queue.hpp>

#include <sqlite3.h>
#include <unistd.h>

#include <fstream>

namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class SetupTest : public ConsoleTest {
 protected:
  // The text of the finding of this subject, with its health before it; empty if there is none.
  static std::string finding(Ran const& ran, std::string_view subject) {
    auto const document = parse(ran.out);
    for (auto const& one : document.at("findings").as_array()) {
      if (text_at(one, "/subject") == subject)
        return text_at(one, "/health") + " " + text_at(one, "/text") + " | " + text_at(one, "/advice");
    }
    return "";
  }
  Ran doctor(std::map<std::string, std::string> environment = {}) const {
    return spark({"doctor", "--json"}, std::move(environment));
  }
  std::string here(std::string_view name) const { return folder_.path(name); }
};

// What a newer or older program left: the number of the schema.
void set_schema(std::string const& file, int version) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &db), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(db, ("PRAGMA user_version = " + std::to_string(version)).c_str(), nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(db);
}

TEST_F(SetupTest, shows_where_each_value_comes_from) {
  folder_.write(
      "spark.toml",
      "[worker]\nconcurrency = 4\n[retention]\ncompleted = \"2d\"\n[retention.queues.mail]\ndiscarded = \"forever\"\n");
  std::string const shown =
      spark({"config:show", "--origin", "--store", "sqlite:other.db"}, {{"SPARK_LOG_LEVEL", "warn"}}).out;
  EXPECT_THAT(shown, HasSubstr("worker.concurrency\t4\t" + here("spark.toml") + ":2\n"));
  EXPECT_THAT(shown, HasSubstr("log.level\twarn\tSPARK_LOG_LEVEL\n"));
  EXPECT_THAT(shown, HasSubstr("store.url\tsqlite:" + here("other.db") + "\t--store\n"));
  EXPECT_THAT(shown, HasSubstr("worker.stop_timeout\t25s\tdefault\n"));
  EXPECT_THAT(shown, HasSubstr("retention.completed\t2d\t" + here("spark.toml") + ":4\n"));
  EXPECT_THAT(shown, HasSubstr("retention.queues.mail.completed\t2d\tas retention.completed\n"));
  EXPECT_THAT(shown, HasSubstr("retention.queues.mail.discarded\tforever\t" + here("spark.toml") + ":6\n"));
  EXPECT_THAT(spark({"config:show"}).out, HasSubstr("worker.concurrency\t4\n"));
  auto const json = parse(spark({"config:show", "--json", "--origin"}).out);
  EXPECT_EQ(text_at(json, "/file"), here("spark.toml"));
  EXPECT_EQ(text_at(json, "/settings/0/origin"), "default");
}

TEST_F(SetupTest, masks_passwords) {
  std::string const shown =
      spark({"config:show", "--origin"}, {{"SPARK_STORE_URL", "redis://me:hunter2@127.0.0.1/0"}}).out;
  EXPECT_THAT(shown, HasSubstr("redis://me:***@127.0.0.1/0\tSPARK_STORE_URL"));
}

TEST_F(SetupTest, checks_the_configuration) {
  Ran const none = spark({"config:check"});
  EXPECT_EQ(none.code, 0);
  EXPECT_THAT(none.out, HasSubstr("no spark.toml here or above"));
  folder_.write("spark.toml", "[worker]\nconcurency = 4\n[log]\nlevel = 3\n");
  Ran const wrong = spark({"config:check"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_EQ(wrong.out, here("spark.toml") + ":2: unknown key 'worker.concurency', did you mean concurrency?\n" +
                           here("spark.toml") +
                           ":4: log.level must be \"debug\", \"info\", \"warn\", \"error\" or \"off\"\n");
  auto const json = parse(spark({"config:check", "--json"}).out);
  EXPECT_FALSE(json.at("ok").as_bool());
  EXPECT_EQ(json.at("problems").as_array().size(), 2u);
  folder_.write("spark.toml", "[worker\n");
  EXPECT_THAT(spark({"config:check"}).out, StartsWith(here("spark.toml") + ":"));
}

TEST_F(SetupTest, migrates_when_it_is_asked_to) {
  EXPECT_THAT(spark({"store:migrate", "--dry-run"}).out, HasSubstr("would be made with schema"));
  EXPECT_FALSE(std::filesystem::exists(here("spark.db")));
  EXPECT_THAT(spark({"store:migrate"}).out, StartsWith("sqlite:" + here("spark.db") + ": made with schema "));
  EXPECT_THAT(spark({"store:migrate"}).out, HasSubstr("nothing to do"));
  set_schema(here("spark.db"), 999);
  Ran const newer = spark({"store:migrate"});
  EXPECT_EQ(newer.code, 5);
  EXPECT_THAT(newer.err, HasSubstr("a newer program has updated it"));
}

TEST_F(SetupTest, updates_an_older_store_and_keeps_its_jobs) {
  // The first schema, as a program of that time left it.
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(here("spark.db").c_str(), &db), SQLITE_OK);
  std::ifstream file(FIRST_SCHEMA);
  std::string const tables((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  ASSERT_EQ(
      sqlite3_exec(
          db,
          (tables + "PRAGMA application_id = 0x5350524b; PRAGMA user_version = 1; PRAGMA journal_mode = WAL;").c_str(),
          nullptr, nullptr, nullptr),
      SQLITE_OK);
  sqlite3_close(db);
  EXPECT_THAT(finding(doctor(), "store"), HasSubstr("has schema 1; this program updates it to "));
  EXPECT_THAT(spark({"store:migrate", "--dry-run"}).out, HasSubstr("would be updated from schema 1 to "));
  EXPECT_THAT(spark({"store:migrate"}).out, HasSubstr(": updated from schema 1 to "));
  push({"Greet", "--args", R"({"name":"x"})"});
  EXPECT_EQ(spark({"store:check"}).code, 0);
}

TEST_F(SetupTest, tells_all_about_the_store) {
  push({"Greet", "--args", R"({"name":"x"})"});
  auto const info = parse(spark({"store:info", "--json"}).out);
  EXPECT_EQ(text_at(info, "/file"), here("spark.db"));
  EXPECT_GT(number_at(info, "/file_bytes"), 0);
  EXPECT_EQ(text_at(info, "/journal_mode"), "wal");
  EXPECT_EQ(text_at(info, "/synchronous"), "normal");
  EXPECT_EQ(text_at(info, "/sync_of_push"), "fdatasync");
  EXPECT_EQ(text_at(info, "/durability"), "full");
  EXPECT_EQ(text_at(info, "/gathered_wal"), "on");
  EXPECT_EQ(text_at(info, "/event_log"), "off");
  EXPECT_EQ(number_at(info, "/jobs_available"), 1);
  EXPECT_FALSE(text_at(info, "/file_system").empty());
  auto const relaxed = parse(
      spark({"store:info", "--json"}, {{"SPARK_STORE_DURABILITY", "process"}, {"SPARK_STORE_EVENT_LOG", "true"}}).out);
  EXPECT_EQ(text_at(relaxed, "/sync_of_push"), "none");
  EXPECT_EQ(text_at(relaxed, "/event_log"), "on");
  auto const plain = parse(spark({"store:info", "--json", "--store", "sqlite:spark.db?gathered_wal=off"}).out);
  EXPECT_EQ(text_at(plain, "/gathered_wal"), "off");
  EXPECT_EQ(number_at(plain, "/jobs_available"), 1);
  EXPECT_THAT(spark({"store:info"}).out, HasSubstr("journal_mode\twal\n"));
}

TEST_F(SetupTest, names_the_workers) {
  push({"Hold"});
  Program worker({CONSOLE_PROGRAM, "queue:worker"}, {.directory = folder_.path()});
  ASSERT_TRUE(worker.says("holding")) << worker.err();
  auto const info = parse(spark({"store:info", "--json"}).out);
  EXPECT_EQ(number_at(info, "/nodes/0/pid"), worker.pid());
  EXPECT_EQ(text_at(info, "/nodes/0/life"), "alive");
  EXPECT_EQ(number_at(info, "/nodes/0/running"), 1);
  EXPECT_THAT(finding(doctor(), "workers"), StartsWith("ok 1 worker alive"));
  folder_.write("release", "");
}

TEST_F(SetupTest, prunes_by_rule_and_says_what_it_kept) {
  folder_.write(
      "spark.toml",
      "[retention]\ncompleted = \"1h\"\n[retention.queues.mail]\ncompleted = \"0s\"\ndiscarded = \"forever\"\n");
  for (auto const* queue : {"mail", "mail", "default"}) push({"Greet", "--args", R"({"name":"x"})", "--queue", queue});
  push({"Fail", "--args", R"({"message":"x"})", "--queue", "mail"});
  // The worker's own keeper would prune: this one has other rules.
  ASSERT_EQ(spark({"queue:worker", "-c", "0", "--stop-when-empty"}, {{"SPARK_RETENTION_COMPLETED", "1h"}}).code, 0);
  std::string const counted = spark({"queue:stats"}).out;
  Ran const dry = spark({"store:prune", "--dry-run", "--json"});
  EXPECT_EQ(spark({"queue:stats"}).out, counted) << "a dry run removes nothing";
  EXPECT_EQ(number_at(parse(dry.out), "/queues/0/pruned"), 0) << dry.out;
  Ran const pruned = spark({"store:prune", "--jsonl"});
  EXPECT_EQ(pruned.code, 0) << pruned.err;
  EXPECT_THAT(pruned.out, HasSubstr(R"("queue":"mail")"));
  auto const after = parse(spark({"store:prune", "--queue", "mail", "--json"}).out);
  EXPECT_EQ(number_at(after, "/queues/0/kept_completed"), 0);
  EXPECT_EQ(number_at(after, "/queues/0/kept_discarded"), 1);
  EXPECT_EQ(text_at(after, "/queues/0/keep_discarded"), "forever");
  EXPECT_EQ(number_at(parse(spark({"store:prune", "--queue", "default", "--json"}).out), "/queues/0/kept_completed"),
            1);
  Ran const unknown = spark({"store:prune", "--queue", "mial"});
  EXPECT_EQ(unknown.code, 3);
  EXPECT_THAT(unknown.err, HasSubstr("no job was ever pushed to a queue 'mial' here, did you mean mail?"));
}

TEST_F(SetupTest, doctor_is_content_with_a_new_folder) {
  Ran const ran = doctor();
  EXPECT_EQ(ran.code, 0) << ran.out;
  EXPECT_THAT(finding(ran, "configuration"), StartsWith("ok no spark.toml"));
  EXPECT_THAT(finding(ran, "store"), StartsWith("ok " + here("spark.db") + " is not there yet"));
  EXPECT_THAT(finding(ran, "job classes"), StartsWith("ok 9 in this program"));
  EXPECT_FALSE(std::filesystem::exists(here("spark.db"))) << "it makes nothing";
  EXPECT_THAT(spark({"doctor"}).out, HasSubstr("ok\tconfiguration\t"));
}

TEST_F(SetupTest, doctor_finds_what_keeps_a_newcomer) {
  folder_.write("spark.toml", "[application]\nbinary = \"build/shop\"\n[worker]\npid_file = \"run/worker.pid\"\n");
  Ran ran = doctor();
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(finding(ran, "program"),
              StartsWith("fail [application] binary " + here("build/shop") + " does not exist | build it"));
  EXPECT_THAT(finding(ran, "pid file"), StartsWith("fail the folder " + here("run") + " does not exist | mkdir -p "));

  std::filesystem::create_directories(here("build"));
  std::filesystem::create_directories(here("run"));
  folder_.write("build/shop", "");
  EXPECT_THAT(finding(doctor(), "program"), HasSubstr("cannot be executed"));
  std::filesystem::permissions(here("build/shop"), std::filesystem::perms::owner_all);
  EXPECT_THAT(finding(doctor(), "program"), StartsWith("ok "));
  folder_.write("main.cpp", "");
  std::filesystem::last_write_time(here("main.cpp"),
                                   std::filesystem::last_write_time(here("build/shop")) + std::chrono::seconds(5));
  EXPECT_THAT(finding(doctor(), "program"), HasSubstr("is older than main.cpp | build it again"));

  folder_.write("spark.toml", "[store]\nurl = \"sqlite:none/spark.db\"\n");
  EXPECT_THAT(finding(doctor(), "store"), HasSubstr("its folder " + here("none") + " does not exist"));
  folder_.write("spark.toml", "[stoer]\n");
  Ran const wrong = doctor();
  EXPECT_EQ(wrong.code, 1);
  EXPECT_THAT(finding(wrong, "configuration"), HasSubstr("did you mean store?"));
  EXPECT_THAT(finding(spark({"doctor", "--json"}, {{"CONSOLE_TEST", "no-mailer"}}), "services"), HasSubstr("Mailer"));
}

TEST_F(SetupTest, doctor_sees_jobs_that_nobody_takes) {
  push({"Greet", "--args", R"({"name":"x"})", "--queue", "mail"});
  EXPECT_THAT(finding(doctor(), "queues"),
              StartsWith("warn 1 job in 'mail' waits and no worker runs | start queue:worker"));
  Program worker({CONSOLE_PROGRAM, "queue:worker", "--queues", "other"}, {.directory = folder_.path()});
  ASSERT_TRUE(worker.says("worker started")) << worker.err();
  EXPECT_EQ(finding(doctor(), "queues"), "") << "a worker lives, and the job has not waited long";
}

TEST_F(SetupTest, doctor_sees_delayed_jobs_that_are_due) {
  push({"Greet", "--args", R"({"name":"x"})", "--queue", "later", "--in", "1s"});
  std::string said;
  for (int tries = 0; tries < 1000 && said.empty(); ++tries) said = finding(doctor(), "queues");
  EXPECT_THAT(said, StartsWith("warn jobs in 'later' are due: they wait and no worker runs | start queue:worker"));
  EXPECT_THAT(spark({"queue:stats", "--color", "always"}).out, HasSubstr("no worker is running"));
}

TEST_F(SetupTest, doctor_knows_the_folder_and_the_limits) {
  if (::getuid() != 0) {
    std::filesystem::permissions(folder_.path(),
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
    EXPECT_THAT(finding(doctor(), "store"), HasSubstr("cannot be written by this user"));
    std::filesystem::permissions(folder_.path(), std::filesystem::perms::owner_all);
  }
  Ran const few = run({"/bin/sh", "-c", std::string("ulimit -n 64; exec ") + CONSOLE_PROGRAM + " doctor --json"},
                      {.directory = folder_.path()});
  EXPECT_THAT(finding(few, "descriptors"), StartsWith("warn a process may open 64 files"));
  EXPECT_THAT(finding(doctor(), "disk"), HasSubstr("MiB are free in " + folder_.path()));
}

// Enough rows that a prune takes more than the half second after which a bar is shown.
void fill_with_cancelled(std::string const& file, int number) {
  auto const store = kue::open_store("sqlite:" + file, {.durability = kue::Durability::process});
  for (int done = 0; done < number; done += 1000) {
    std::vector<kue::Envelope> jobs;
    std::vector<kue::JobId> ids;
    for (int i = 0; i < 1000; ++i) {
      kue::Envelope job;
      job.id = kue::JobId::make();
      job.kind = "Greet";
      job.args = R"({"name":"x"})";
      ids.push_back(job.id);
      jobs.push_back(std::move(job));
    }
    store->push({.jobs = jobs});
    store->cancel({.ids = ids});
  }
}

TEST_F(SetupTest, a_long_prune_shows_a_bar_on_a_terminal_and_none_in_a_pipe) {
  folder_.write("spark.toml", "[retention]\ncompleted = \"0s\"\n");
  fill_with_cancelled(here("spark.db"), 20'000);  // several times the half second after which a bar is drawn
  Terminal terminal({CONSOLE_PROGRAM, "store:prune"}, {.directory = folder_.path()});
  EXPECT_TRUE(terminal.shows("pruning [")) << terminal.screen();
  EXPECT_EQ(terminal.wait(), 0);
  EXPECT_THAT(terminal.screen(), HasSubstr("20,000 jobs pruned"));
  EXPECT_EQ(spark({"store:prune"}).err, "");
}

}  // namespace
