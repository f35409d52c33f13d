// A program whose jobs say things in every way: for the tests of the log.

#include <spark/log/spdlog_sink.hpp>
#include <spark/spark.hpp>

#include <spdlog/spdlog.h>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>

struct Talk {
  static constexpr std::string_view kind = "Talk";
  std::string what;
  void run(spark::Logger& log, spark::Application& app) const {
    log.info("injected {}", what);
    log.debug("injected debug {}", what);
    app.log().info("application {}", what);
    spdlog::info("spdlog {}", what);
    spdlog::debug("spdlog debug {}", what);
    std::thread([&] { spdlog::info("stray {}", what); }).join();
    std::thread([&, job = kue::current_job()] {
      kue::JobScope const scope(job);
      spdlog::info("handed {}", what);
    }).join();
  }
};

struct Long {
  static constexpr std::string_view kind = "Long";
  int bytes = 0;
  void run() const { spdlog::warn("long {}", std::string(static_cast<std::size_t>(bytes), 'x')); }
};

struct Fail {
  static constexpr std::string_view kind = "Fail";
  static constexpr spark::JobOptions options{.max_attempts = 1};
  std::string password;
  void run() const {
    spdlog::error("about to fail");
    throw std::runtime_error("on purpose");
  }
  void failed(kue::Failure const&) const { spdlog::critical("failed was called"); }
};

int main(int argc, char** argv) {
  spark::Application app;
  app.jobs<Talk, Long, Fail>();
  spdlog::set_default_logger(spark::spdlog_logger(app));
  if (std::getenv("LOG_EARLY") != nullptr) app.log().info("before the flags are known");
  app.command("talk", "says something").run([&](spark::Args const&) {
    spdlog::debug("debug of a command");
    spdlog::info("info of a command");
    app.log().debug("debug of the application");
    return 0;
  });
  return app.run(argc, argv);
}
