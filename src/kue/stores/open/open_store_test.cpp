// By the scheme of its URL, from a list that may be a program's own.

#include <kue/error.hpp>
#include <kue/store.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace kue {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string error_of(std::function<void()> const& call) {
  try {
    call();
  } catch (Error const& error) {
    return std::string(to_string(error.kind())) + ": " + error.what();
  }
  return "nothing was thrown";
}

// What a program has beside ours: here the memory store under another name, which notes what it was opened with.
struct Opened {
  std::string url;
  StoreOptions options;
};
StoreDriver mine(Opened& opened) {
  return {.scheme = "mine",
          .example = "mine:NAME",
          .version = "mine 1",
          .open = [&opened](std::string const& url, StoreOptions const& options) {
            opened = {url, options};
            for (StoreDriver const& driver : store_drivers()) {
              if (driver.scheme == "memory") return driver.open("memory:", options);
            }
            throw Error(ErrorKind::not_found, "no memory store");
          }};
}

TEST(OpenStore, says_which_kinds_there_are) {
  EXPECT_EQ(error_of([] { (void)open_store("redis://user:secret@host/1"); }),
            "invalid: no store of the kind 'redis:'; there are sqlite:PATH and memory:");
  EXPECT_EQ(error_of([] { (void)open_store("spark.db"); }),
            "invalid: no store of the kind 'spark.db'; there are sqlite:PATH and memory:");
  EXPECT_THAT(error_of([] { (void)open_store(""); }), HasSubstr("there are sqlite:PATH and memory:"));
  EXPECT_THAT(error_of([] { (void)open_store("SQLITE:x"); }), HasSubstr("no store of the kind 'SQLITE:x'"));
}

TEST(OpenStore, tells_no_password) {
  EXPECT_THAT(error_of([] { (void)open_store("postgres://user:secret@host/db"); }), Not(HasSubstr("secret")));
}

TEST(OpenStore, the_built_in_drivers_have_names_examples_and_what_they_are_built_on) {
  ASSERT_EQ(store_drivers().size(), 2u);
  for (StoreDriver const& driver : store_drivers()) {
    EXPECT_EQ(driver.example.substr(0, driver.scheme.size() + 1), driver.scheme + ":");
    EXPECT_TRUE(driver.open);
  }
  EXPECT_EQ(store_drivers()[0].scheme, "sqlite");
  EXPECT_THAT(store_drivers()[0].version, HasSubstr("SQLite 3."));
}

TEST(OpenStore, takes_a_list_of_ones_own) {
  Opened opened;
  std::array const drivers{mine(opened), store_drivers()[1]};
  auto const store = open_store("mine:one", {.event_log = true}, drivers);
  EXPECT_EQ(opened.url, "mine:one");
  EXPECT_TRUE(opened.options.event_log);
  EXPECT_EQ(open_store("memory:", {}, drivers)->description(), "memory:");
  EXPECT_EQ(error_of([&] { (void)open_store("sqlite:/tmp/never-made.db", {}, drivers); }),
            "invalid: no store of the kind 'sqlite:/tmp/never-made.db'; there are mine:NAME and memory:");
  EXPECT_THAT(error_of([&] { store->beat({.node = 0}); }), HasSubstr("beat in memory: failed: "))
      << "guarded, as ours are";
}

TEST(OpenStore, of_one_driver_or_none_it_says_so) {
  Opened opened;
  std::array const drivers{mine(opened)};
  EXPECT_THAT(error_of([&] { (void)open_store("x:", {}, drivers); }), HasSubstr("there are mine:NAME"));
  EXPECT_THAT(error_of([&] { (void)open_store("x:", {}, std::span<StoreDriver const>()); }),
              HasSubstr("no store of the kind 'x:'"));
}

TEST(OpenStore, tells_of_each_call) {
  std::vector<std::string> heard;
  auto const store = open_store("memory:", {.on_call = [&](StoreCall const& call) { heard.emplace_back(call.verb); }});
  store->counts();
  EXPECT_EQ(heard, (std::vector<std::string>{"migrate", "counts"}));
}

TEST(MemoryCapabilities, nothing_survives_and_nobody_else_sees_it) {
  auto const can = open_store("memory:")->capabilities();
  EXPECT_EQ(can.accepted, Survives());
  EXPECT_EQ(can.in_progress, Survives());
  EXPECT_FALSE(can.across_processes || can.transactions || can.events);
  EXPECT_TRUE(can.one_host);
  auto const schema = open_store("memory:", {.migrate = false})->schema();
  EXPECT_TRUE(schema.current());
}

}  // namespace
}  // namespace kue
