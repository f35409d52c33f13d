#include "program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <csignal>

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using Clock = std::chrono::steady_clock;

// The port that a server says it listens on.
int port_of(Program& server) {
  EXPECT_TRUE(server.says("/hello/John%20Doe")) << server.err();
  std::string const text = server.err(), before = "http://127.0.0.1:";
  auto const at = text.find(before);
  return at == text.npos ? 0 : std::atoi(text.c_str() + at + before.size());
}

bool appears(std::string const& file, std::chrono::seconds patience = 20s) {
  for (auto const end = Clock::now() + patience; Clock::now() < end; std::this_thread::sleep_for(5ms)) {
    if (std::filesystem::exists(file)) return true;
  }
  return false;
}

// The page itself: a quick answer, and "Hello World John Doe!" on the worker's console 20 seconds later. No spark.toml.
TEST(Hello, the_page_answers_at_once_and_the_worker_greets_after_20_seconds) {
  Folder folder;
  Program server({HELLO, "server", "--port", "0"}, {.directory = folder.path()});
  Program worker({HELLO, "queue:worker"}, {.directory = folder.path()});
  httplib::Client client("127.0.0.1", port_of(server));
  ASSERT_TRUE(worker.says("worker started: 1 child")) << worker.err();

  (void)client.Get("/hello/");  // the first connection warms up the server; it pushes nothing
  auto const asked = Clock::now();
  auto const page = client.Get("/hello/John%20Doe");
  auto const answered = Clock::now();
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 200);
  EXPECT_THAT(page->body, HasSubstr("Hello John Doe!"));
  EXPECT_LT(answered - asked, 2s) << "the job takes 20 s; the page must not";

  EXPECT_TRUE(worker.says("Hello World John Doe!")) << worker.err();
  EXPECT_GE(Clock::now() - asked, 20s);
  EXPECT_EQ(worker.stop(SIGTERM), 0) << worker.err();
  EXPECT_EQ(server.stop(SIGTERM), 0) << server.err();
  for (Program* program : {&server, &worker})
    EXPECT_THAT(program->err(), HasSubstr("sqlite:" + folder.path("spark.db")));
}

TEST(Hello, refuses_names_that_are_none) {
  Folder folder;
  Program server({HELLO, "server", "--port", "0"}, {.directory = folder.path()});
  httplib::Client client("127.0.0.1", port_of(server));
  auto const status = [&](std::string const& path) {
    auto const page = client.Get(path.c_str());
    return page ? page->status : -1;
  };
  EXPECT_EQ(status("/hello/"), 400);
  EXPECT_EQ(status("/hello/%ff%fe"), 400);
  EXPECT_EQ(status("/hello/" + std::string(201, 'a')), 400);
  EXPECT_EQ(status("/hello/" + std::string(200, 'a')), 200);
  EXPECT_EQ(status("/hello/%E2%98%83%0A%00<b>"), 200);
  EXPECT_EQ(status("/nothing"), 404);
}

TEST(Hello, says_when_the_port_is_taken) {
  Folder folder;
  Program first({HELLO, "server", "--port", "0"}, {.directory = folder.path()});
  int const port = port_of(first);
  Ran const second = run({HELLO, "server", "--port", std::to_string(port)}, {.directory = folder.path()});
  EXPECT_EQ(second.code, 1);
  EXPECT_THAT(second.err, HasSubstr("cannot listen on 127.0.0.1:" + std::to_string(port) + ": Address already in use"));
}

TEST(Hello, the_visitor_has_the_whole_body_before_a_slow_flush_ends) {
  Folder folder;
  Program server({SLOW_FLUSH_SERVER, "server"}, {.directory = folder.path()});
  httplib::Client client("127.0.0.1", port_of(server));
  auto const page = client.Get("/hello/John");
  ASSERT_TRUE(page) << server.err();
  EXPECT_EQ(page->body, "Hello John!\n");
  EXPECT_TRUE(appears(folder.path("flush_began"))) << server.err();
  EXPECT_FALSE(std::filesystem::exists(folder.path("flush_ended"))) << "the flush waits for the file `go`";
  folder.write("go", "");
  ASSERT_TRUE(appears(folder.path("flush_ended")));
  EXPECT_EQ(run({"/bin/cat", "flush_ended"}, {.directory = folder.path()}).out, "2")
      << "both jobs of the page in one call";
}

}  // namespace
