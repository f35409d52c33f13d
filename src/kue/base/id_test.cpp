#include <kue/id.hpp>

#include <kue/clock.hpp>

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <set>
#include <thread>
#include <vector>

namespace kue {
namespace {

TEST(JobId, is_a_version_7_uuid_of_this_moment) {
  auto const before = Clock::system().now().time_since_epoch().count();
  JobId const id = JobId::make();
  std::string const text = id.str();
  ASSERT_EQ(text.size(), 36U);
  EXPECT_EQ(text[14], '7');
  EXPECT_NE(std::string("89ab").find(text[19]), std::string::npos) << text;
  auto const millis = std::stoll(text.substr(0, 8) + text.substr(9, 4), nullptr, 16);
  EXPECT_GE(millis, before);
  EXPECT_LE(millis, Clock::system().now().time_since_epoch().count());
}

TEST(JobId, text_comes_back) {
  JobId const id = JobId::make();
  EXPECT_EQ(JobId::parse(id.str()), id);
  EXPECT_EQ(JobId::parse("0193C2A0-1B2C-7DEF-8A90-B1C2D3E4F506")->str(), "0193c2a0-1b2c-7def-8a90-b1c2d3e4f506");
}

TEST(JobId, anything_else_is_refused) {
  std::string const good = JobId::make().str();
  for (std::string const& bad : {std::string(), good.substr(1), good + "0", std::string(36, '-'), "g" + good.substr(1),
                                 good.substr(0, 8) + "0" + good.substr(9)}) {
    EXPECT_FALSE(JobId::parse(bad)) << bad;
  }
}

TEST(JobId, threads_and_forked_children_never_make_the_same_one) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  (void)JobId::make();  // a generator in memory would be seeded now, and be inherited
  for (int child = 0; child < 4; ++child) {
    pid_t const pid = ::fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) {
      for (int i = 0; i < 50; ++i) {
        std::string const text = JobId::make().str();
        if (::write(ends[1], text.data(), text.size()) != 36) ::_exit(1);
      }
      ::_exit(0);
    }
  }
  ::close(ends[1]);
  std::string all;
  std::array<char, 4096> chunk{};
  for (ssize_t got = 0; (got = ::read(ends[0], chunk.data(), chunk.size())) > 0;)
    all.append(chunk.data(), static_cast<std::size_t>(got));
  ::close(ends[0]);
  for (int child = 0; child < 4; ++child) {
    int status = 0;
    ASSERT_GT(::wait(&status), 0);
    EXPECT_EQ(status, 0);
  }
  ASSERT_EQ(all.size(), 200U * 36);
  std::set<std::string> different;
  for (std::size_t i = 0; i < all.size(); i += 36) different.insert(all.substr(i, 36));
  EXPECT_EQ(different.size(), 200U);
}

}  // namespace
}  // namespace kue
