// A program as a user of spark writes one, for the tests of the console. CONSOLE_TEST chooses what is wrong with it.

#include <spark/spark.hpp>

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <thread>

struct Greet {
  std::string name;
  void run(spark::Logger& log) const { log.info("Hello {}!", name); }
};

struct SendInvoice {
  static constexpr spark::JobOptions options{.queue = "billing", .max_attempts = 8};
  int order = 0;
  std::int64_t cents = 0;
  void run() const {}
};

struct Fail {
  static constexpr spark::JobOptions options{.max_attempts = 1};
  std::string message;
  void run() const { throw std::runtime_error(message); }
};

// Runs until the file `release` is there.
struct Hold {
  void run(spark::Logger& log) const {
    log.info("holding");
    for (int i = 0; i < 4000 && ::access("release", F_OK) != 0; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
};

// Half way, then until the file `release` is there or it is asked to stop.
struct Steps {
  void run(spark::Context& ctx) const {
    ctx.progress(50, "half \x1b[2Jway");
    for (int i = 0; i < 12000 && ::access("release", F_OK) != 0; ++i) {
      if (ctx.stop_requested()) throw std::runtime_error("asked to stop");
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
};

// Fails twice at once; the third run goes on until the file `release` is there.
struct Third {
  void run(spark::Context& ctx) const {
    if (ctx.attempt() < 3) throw spark::retry_in(std::chrono::milliseconds(1), "not yet");
    ctx.log().info("third run begins");
    for (int i = 0; i < 12000 && ::access("release", F_OK) != 0; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
};

struct Sum {
  int a = 0, b = 0;
  int run() const { return a + b; }
};

// Writes to standard error by itself, as a library may that knows nothing of us.
struct Print {
  void run() const {
    if (::write(STDERR_FILENO, "printed\n", 8) < 0 && errno != EPIPE) throw std::runtime_error("write");
  }
};

struct Mailer {
  int letters = 0;
};
struct Notify {
  std::string to;
  void run(Mailer& mailer) const { ++mailer.letters; }
};
inline constexpr spark::Service<Mailer> mailer{"mailer"};
inline constexpr spark::Service<Mailer> other_mailer{"other_mailer"};

// A list of this process only.
class OwnQueue : public spark::Queue {
 public:
  using spark::Queue::push;
  kue::Pushed push(spark::Envelope job) override {
    jobs_.push_back(std::move(job));
    return {jobs_.back().id};
  }
  std::optional<kue::Delivery> pop(kue::Millis) override { return std::nullopt; }

 private:
  std::deque<spark::Envelope> jobs_;
};

static int echo(spark::Args& args) {
  int const times = args.option("-t,--times N", 1, "how often");
  kue::Millis const pause = args.option("--pause TIME", kue::Millis(0), "between");
  std::string const greeting = args.option("--greeting", "hello", "first word");
  auto const maybe = args.option("--maybe", "nothing if not given");
  auto const tags = args.options("--tag", "several");
  bool const loud = args.flag("--loud", "shout");
  std::string const name = args.argument("NAME", "whom");
  args.done();
  std::string all;
  for (std::string const& tag : tags) all += "," + tag;
  std::printf("%d %lld %s %s %s %d %s\n", times, static_cast<long long>(pause.count()), greeting.c_str(),
              maybe ? maybe->c_str() : "-", all.c_str(), loud ? 1 : 0, name.c_str());
  return 0;
}

int main(int argc, char** argv) {
  std::string_view const mode = std::getenv("CONSOLE_TEST") ? std::getenv("CONSOLE_TEST") : "";
  spark::Application app;
  app.jobs<Greet, SendInvoice, Fail, Hold, Steps, Sum, Print, Notify, Third>();
  if (mode != "no-mailer") app[mailer] = app.share([] { return Mailer(); });
  if (mode == "two-mailers") app[other_mailer] = app.share([] { return Mailer(); });
  if (mode == "own-queue") app[spark::queue] = app.share([] { return OwnQueue(); });
  if (mode == "bad-queue")
    app[spark::queue] = app.share(
        []() -> std::unique_ptr<OwnQueue> { throw spark::Error(kue::ErrorKind::unavailable, "no road to the queue"); });
  if (mode == "early-store") (void)app[spark::queue]->capabilities();
  app.command("echo", "says what it was given", echo);
  app.command("throw:error", "throws", [](spark::Args& args) -> int {
    args.done();
    throw std::runtime_error("on \x1b[31mpurpose");
  });
  app.command("throw:missing", "throws", [](spark::Args& args) -> int {
    args.done();
    throw spark::Error(kue::ErrorKind::not_found, "gone");
  });
  app.command("rest", "says all its arguments", [](spark::Args& args) {
    auto const words = args.arguments("WORD...", "anything");
    args.done();
    for (std::string const& word : words) std::printf("<%s>", word.c_str());
    return 0;
  });
  app.command("careless", "does its work without args.done()", [&](spark::Args& args) {
    bool const loud = args.flag("--loud", "shout");
    std::ofstream("written") << loud;
    app[spark::queue]->push(Greet("careless"));
    return 0;
  });
  if (mode == "forever")
    app.command("forever", "never ends", [](spark::Args&) -> int {
      for (;;) std::this_thread::sleep_for(std::chrono::seconds(1));
    });
  app.command("seven", "returns 7", [](spark::Args& args) {
    args.done();
    return 7;
  });
  app.command("open", "opens the store", [&](spark::Args& args) {
    args.done();
    (void)app[spark::queue].get();
    return 0;
  });
  return app.run(argc, argv);
}
