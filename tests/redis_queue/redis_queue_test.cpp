// The page's own queue, on a real redis-server started here.

#include "program.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

namespace {

using testing::HasSubstr;

int free_port() {
  int const fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ::close(fd);
  return ntohs(address.sin_port);
}

class RedisQueueTest : public testing::Test {
 protected:
  std::unique_ptr<Program> start_redis() {
    auto server =
        std::make_unique<Program>(std::vector<std::string>{REDIS_SERVER, "--port", port_, "--bind", "127.0.0.1",
                                                           "--save", "", "--appendonly", "no", "--dir", folder_.path()},
                                  Program::Options{.directory = folder_.path()});
    EXPECT_TRUE(server->says("Ready to accept connections")) << server->out();
    return server;
  }
  Program::Options options() const { return {.directory = folder_.path(), .environment = {{"REDIS_PORT", port_}}}; }
  Ran push(std::string const& name) const {
    return run({REDIS_QUEUE, "job:push", "GreetJob", "--args", "{\"name\":\"" + name + "\"}"}, options());
  }

  Folder folder_;
  std::string port_ = std::to_string(free_port());
};

TEST_F(RedisQueueTest, two_children_run_what_was_pushed_into_the_list) {
  auto const redis = start_redis();
  for (auto const* name : {"Ada", "Bob", "Cleo"}) ASSERT_EQ(push(name).code, 0);
  Program worker({REDIS_QUEUE, "queue:worker", "-c", "2"}, options());
  for (auto const* name : {"Ada", "Bob", "Cleo"})
    EXPECT_TRUE(worker.says(std::string("Hello ") + name + " from a Redis list!")) << worker.err();
  EXPECT_THAT(worker.err(), HasSubstr("at-most-once"));
  EXPECT_THAT(worker.err(), HasSubstr("2 children"));
  EXPECT_EQ(worker.stop(SIGTERM), 0) << worker.err();
}

TEST_F(RedisQueueTest, a_server_that_is_gone_is_said_and_found_again) {
  Ran const nobody = push("Ada");
  EXPECT_EQ(nobody.code, 4);
  EXPECT_THAT(nobody.err, HasSubstr("cannot reach Redis at 127.0.0.1:" + port_ + ": Connection refused"));

  auto redis = start_redis();
  Program worker({REDIS_QUEUE, "queue:worker"}, options());
  ASSERT_EQ(push("Ada").code, 0);
  EXPECT_TRUE(worker.says("Hello Ada")) << worker.err();
  redis->stop(SIGKILL);
  EXPECT_TRUE(worker.says("no answer from Redis to BLPOP")) << worker.err();
  redis = start_redis();
  ASSERT_EQ(push("Bob").code, 0);
  EXPECT_TRUE(worker.says("Hello Bob")) << worker.err();
  EXPECT_EQ(worker.stop(SIGTERM), 0) << worker.err();
}

TEST_F(RedisQueueTest, refuses_what_a_list_cannot_do) {
  auto const redis = start_redis();
  Ran const delayed = run({REDIS_QUEUE, "job:push", "GreetJob", "--args", R"({"name":"x"})", "--in", "5m"}, options());
  EXPECT_EQ(delayed.code, 5);
  EXPECT_THAT(delayed.err, HasSubstr("this queue does not honour delay"));
}

TEST(MyRedisQueue, is_at_most_40_lines) {
  std::ifstream file(MY_REDIS_QUEUE);
  int lines = 0;
  for (std::string line; std::getline(file, line);) ++lines;
  EXPECT_GT(lines, 10);
  EXPECT_LE(lines, 40);
}

}  // namespace
