// spark bench: the whole way with few jobs each, what it prints, and what it refuses.

#include "fixture.hpp"

namespace {

using testing::HasSubstr;

class BenchTest : public ConsoleTest {
 protected:
  Ran bench(std::vector<std::string> words, std::map<std::string, std::string> environment = {}) const {
    words.insert(words.begin(),
                 {SPARK_PROGRAM, "bench", "--store", "sqlite:" + folder_.path("bench.db"), "--allow-tmpfs"});
    return run(words, {.directory = folder_.path(), .environment = std::move(environment)});
  }
  std::vector<std::string> left_behind() const {
    std::vector<std::string> names;
    for (auto const& file : std::filesystem::directory_iterator(folder_.path()))
      names.push_back(file.path().filename().string());
    return names;
  }
};

TEST_F(BenchTest, every_short_work_ends_with_its_figures_and_leaves_nothing_behind) {
  Ran const ran =
      bench({"--json", "--jobs", "400", "--work", "enqueue_1x1", "--work", "enqueue_8x1", "--work", "bytes_per_job",
             "--work", "drain_10k", "--work", "drain_mixed", "--work", "child_mb", "--work", "claim_wait_p999_ms"});
  ASSERT_EQ(ran.code, 0) << ran.out << ran.err;
  auto const answer = parse(ran.out);
  EXPECT_EQ(text_at(answer, "/store"), "sqlite:" + folder_.path("bench.db"));
  std::vector<std::string> works;
  for (std::size_t i = 0; i < answer.at("results").as_array().size(); ++i) {
    std::string const at = "/results/" + std::to_string(i);
    works.push_back(text_at(answer, at + "/work"));
    EXPECT_GE(answer.at("results").as_array()[i].at("value").to_number<double>(),
              works.back() == "claim_share_least" ? 0.0 : 0.0001)
        << works.back();
  }
  EXPECT_EQ(works, (std::vector<std::string>{"enqueue_1x1", "enqueue_8x1", "enqueue_bulk", "bytes_per_job", "drain_10k",
                                             "drain_mixed", "drain_mixed_wait_ms", "child_mb", "claim_wait_p999_ms",
                                             "claim_share_least"}));
  EXPECT_THAT(ran.err, HasSubstr("  journal_mode = wal\n"));
  EXPECT_THAT(ran.err, HasSubstr("  synchronous = normal\n"));
  EXPECT_THAT(ran.err, HasSubstr("  sync_of_push = fdatasync\n"));
  EXPECT_THAT(ran.err, HasSubstr("  page_size = "));
  EXPECT_TRUE(left_behind().empty()) << testing::PrintToString(left_behind());
}

TEST_F(BenchTest, latency_is_stamped_where_the_job_runs) {
  Ran const ran = bench({"--json", "--durability", "process", "--jobs", "20", "--work", "latency_p99_ms"},
                        {{"SPARK_LOG_LEVEL", "off"}});
  ASSERT_EQ(ran.code, 0) << ran.out << ran.err;
  auto const answer = parse(ran.out);
  EXPECT_EQ(text_at(answer, "/results/0/work"), "latency_p50_ms");
  EXPECT_EQ(text_at(answer, "/results/1/work"), "latency_p99_ms");
  EXPECT_THAT(ran.err, HasSubstr("durability process"));
  EXPECT_THAT(ran.err, HasSubstr("  sync_of_push = none\n"));
}

TEST_F(BenchTest, refuses_memory_that_looks_like_a_disk) {
  std::string const store = "sqlite:/dev/shm/spark-bench-" + std::to_string(::getpid()) + ".db";
  std::vector<std::string> words{SPARK_PROGRAM, "bench", "--store", store, "--work", "enqueue_1x1", "--jobs", "10"};
  Ran const refused = run(words, {.directory = folder_.path()});
  EXPECT_EQ(refused.code, 5);
  EXPECT_THAT(refused.err, HasSubstr("/dev/shm is on tmpfs, which is memory and not a disk"));
  words.emplace_back("--allow-tmpfs");
  Ran const told = run(words, {.directory = folder_.path()});
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_THAT(told.err, HasSubstr(" on tmpfs"));
}

TEST_F(BenchTest, says_what_it_does_not_know) {
  Ran const ran = bench({"--work", "drain_10"});
  EXPECT_EQ(ran.code, 2);
  EXPECT_THAT(ran.err, HasSubstr("no work 'drain_10', did you mean drain_10k?"));
  EXPECT_EQ(bench({"--durability", "some"}).code, 2);
  EXPECT_EQ(run({SPARK_PROGRAM, "bench", "--store", "redis://localhost"}, {.directory = folder_.path()}).code, 2);
  Ran const nowhere = run({SPARK_PROGRAM, "bench", "--store", "sqlite:none/bench.db"}, {.directory = folder_.path()});
  EXPECT_EQ(nowhere.code, 3);
  EXPECT_THAT(nowhere.err, HasSubstr("none is no folder"));
}

// The worker is a default one whatever stands around it.
TEST_F(BenchTest, a_configuration_nearby_changes_nothing) {
  folder_.write("spark.toml", "[log]\nlevel = \"off\"\n[store]\ndurability = \"process\"\n");
  Ran const ran = bench({"--jobs", "50", "--work", "drain_10k"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("  sync_of_push = fdatasync\n"));
}

TEST_F(BenchTest, does_not_write_over_what_is_there) {
  folder_.write("bench.db-drain_10k", "mine");
  Ran const ran = bench({"--jobs", "50", "--work", "drain_10k"});
  EXPECT_EQ(ran.code, 5);
  EXPECT_THAT(ran.err, HasSubstr("bench.db-drain_10k is there already"));
}

}  // namespace
