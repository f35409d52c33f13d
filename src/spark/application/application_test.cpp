#include <kue/error.hpp>
#include <kue/store_queue.hpp>
#include <spark/spark.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using testing::HasSubstr;

spark::Config in_memory() {
  spark::Config config;
  config.store.url = "memory:";
  config.log.level = kue::LogLevel::off;
  return config;
}

struct Ping {
  static constexpr std::string_view kind = "Ping";
  int n = 0;
  void run() const {}
};

std::string message(std::function<void()> const& action) {
  try {
    action();
  } catch (kue::Error const& error) {
    return error.what();
  }
  return "nothing was thrown";
}

// What a job returns or throws to say how its run ended, each word once, as docs/guide/jobs.md lists them.
TEST(Application, has_every_word_of_an_outcome) {
  using Kind = spark::Outcome::Kind;
  EXPECT_EQ(spark::completed().kind, Kind::completed);
  EXPECT_EQ(spark::snooze(kue::Millis(5)).kind, Kind::snoozed);
  EXPECT_EQ(spark::cancel("why").kind, Kind::cancelled);
  EXPECT_EQ(spark::discard("why").kind, Kind::gave_up);
  EXPECT_EQ(spark::retry_in(kue::Millis(5), "why").kind, Kind::failed);
  EXPECT_EQ(spark::interrupted().kind, Kind::interrupted);
}

TEST(Application, says_how_a_job_is) {
  spark::Application app;
  app.configure(in_memory());
  auto& queue = app[spark::queue];
  spark::JobId const id = queue->push(Ping(7));
  std::optional<spark::JobStatus> const job = queue->find(id);
  ASSERT_TRUE(job);
  EXPECT_EQ(job->state, spark::State::available);
  EXPECT_EQ(queue->wait(id, kue::Millis(0)), job);
}

TEST(Application, has_a_queue_over_a_store_without_being_told) {
  spark::Application app;
  app.configure(in_memory());
  kue::JobId const id = app[spark::queue]->push(Ping(7));
  auto const record = app[spark::store]->get(id);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->job.args, R"({"n":7})");
  EXPECT_EQ(&dynamic_cast<kue::StoreQueue&>(app.get(spark::queue)).store(), &app.get(spark::store));
}

TEST(Application, gives_jobs_what_they_ask_for_by_type) {
  constexpr spark::Service<Ping> ping{"ping"};
  constexpr spark::Service<kue::Queue> second{"second_queue"};
  spark::Application app;
  app.configure(in_memory());
  app[ping] = app.share([] { return Ping(3); });
  app[second] = app.share([] { return std::make_unique<kue::StoreQueue>(kue::open_store("memory:")); });
  kue::Services& services = app;
  EXPECT_EQ(services.find(typeid(spark::Application)), &app);
  EXPECT_EQ(services.find(typeid(kue::Queue)), &app.get(spark::queue))
      << "the service `queue`, though there is a second one";
  EXPECT_EQ(services.find(typeid(kue::Logger)), &app.log());
  EXPECT_EQ(static_cast<Ping*>(services.find(typeid(Ping)))->n, 3);
  EXPECT_EQ(services.find(typeid(int)), nullptr);
  EXPECT_TRUE(services.has(typeid(Ping)));
  EXPECT_FALSE(services.has(typeid(int)));
}

TEST(Application, the_configuration_is_set_before_its_first_use) {
  spark::Application app;
  app.configure(in_memory());
  EXPECT_EQ(app.config().store.url, "memory:");
  EXPECT_THAT(message([&] { app.configure(in_memory()); }), HasSubstr("comes too late"));
}

TEST(Application, built_in_services_have_no_place_until_the_program_sets_its_own) {
  spark::Application app;
  EXPECT_EQ(app.where("queue"), "");
  app[spark::queue] = app.share([] { return std::make_unique<kue::StoreQueue>(kue::open_store("memory:")); });
  EXPECT_THAT(app.where("queue"), testing::StartsWith("application_test.cpp:"));
}

// The queue needs the store until its end, and services may use the application's log in their destructors.
TEST(Application, destroys_services_while_it_still_stands) {
  struct Farewell {
    explicit Farewell(spark::Application& app_) : app(app_) {}
    ~Farewell() { app.log().info("{}", app.config().store.url); }
    spark::Application& app;
  };
  constexpr spark::Service<Farewell> farewell{"farewell"};
  spark::Application app;
  app.configure(in_memory());
  app[farewell] = app.share([&] { return std::make_unique<Farewell>(app); });
  app.log();
  app[farewell].get();
  app[spark::queue]->push(Ping(1));
}

}  // namespace
