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

struct Twin {
  static constexpr std::string_view kind = "twin";
  int n = 0;
  void run() const {}
};
struct OtherTwin {
  static constexpr std::string_view kind = "twin";
  int n = 0;
  void run() const {}
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

static int echo(spark::Args const& args) {
  std::string all;
  for (std::string const& tag : args.texts("--tag")) all += "," + tag;
  std::printf("%d %lld %s %s %s %d %s %d\n", args.number("-t"),
              static_cast<long long>(args.duration("--pause").count()), args.text("--greeting").c_str(),
              args.optional_text("--maybe").value_or("-").c_str(), all.c_str(), args.flag("--loud") ? 1 : 0,
              args.text("NAME").c_str(), args.optional_number("--level").value_or(-1));
  return 0;
}

static void declare_echo(spark::Application& app) {
  app.command("echo", "says what it was given")
      .option("-t,--times N", 1, "how often")
      .option("--pause TIME", kue::Millis(0), "between")
      .between(kue::Millis(0), kue::Millis(600'000))
      .option("--greeting", "hello", "first word")
      .option("--maybe", "nothing if not given")
      .may_be_empty()
      .option<int>("--level N", "no number if not given")
      .between(1, 3)
      .options("--tag", "several")
      .flag("--loud", "shout")
      .argument("NAME", "whom")
      .run(echo);
}

static int nothing(spark::Args const&) { return 0; }

// What a program can declare wrongly: run() says it, whatever the command is.
static void declare_wrongly(spark::Application& app, std::string_view how) {
  if (how == "doctor") app.command("doctor", "is there already").run(nothing);
  if (how == "echo") app.command("echo", "is there already").run(nothing);
  if (how == "no run") app.command("idle", "has no action");
  if (how == "name") app.command("two words", "cannot be typed").run(nothing);
  if (how == "common") app.command("copy", "copies").option("--store URL", "where to").run(nothing);
  if (how == "twice") app.command("copy", "copies").flag("-n,--now", "soon").option("-n N", 1, "times").run(nothing);
  if (how == "dashes") app.command("copy", "copies").flag("now", "soon").run(nothing);
  if (how == "rest") app.command("copy", "copies").arguments("FROM...", "files").argument("TO", "place").run(nothing);
  if (how == "range") app.command("copy", "copies").option("--to DIR", "place").between(1, 2).run(nothing);
  if (how == "reversed") app.command("copy", "copies").option("-n N", 5, "times").between(9, 1).run(nothing);
  if (how == "default") app.command("copy", "copies").option("-n N", 500, "times").between(1, 100).run(nothing);
  if (how == "choice") app.command("copy", "copies").option("--as A", "gif", "type").one_of({"png"}).run(nothing);
  if (how == "argument") app.command("copy", "copies").argument("--from", "place").run(nothing);
  if (how == "negative") app.command("copy", "copies").option("--for T", kue::Millis(-5), "time").run(nothing);
  if (how == "kinds") app.jobs<Twin, OtherTwin>();
  if (how == "again") app.jobs<Greet>();
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
  declare_echo(app);
  declare_wrongly(app, mode);
  app.command("copy:file", "copies")
      .argument("FROM", "what")
      .argument("TO", "where to")
      .optional_argument("MODE", "how")
      .run([](spark::Args const& args) {
        std::printf("%s -> %s %s\n", args.text("FROM").c_str(), args.text("TO").c_str(),
                    args.optional_text("MODE").value_or("-").c_str());
        return 0;
      });
  app.command("asks", "asks for what it does not declare")
      .option("--times N", 1, "how often")
      .run([](spark::Args const& args) { return args.flag("--loud") ? 1 : args.number("--tims"); });
  app.command("asks:type", "asks for a text that is a number")
      .option("--times N", 1, "how often")
      .run([](spark::Args const& args) { return static_cast<int>(args.text("--times").size()); });
  app.command("throw:error", "throws").run([](spark::Args const&) -> int {
    throw std::runtime_error("on \x1b[31mpurpose");
  });
  app.command("throw:nothing", "throws").option("--host NAME", "is no queue").run([](spark::Args const&) -> int {
    throw std::runtime_error("");
  });
  app.command("throw:missing", "throws").run([](spark::Args const&) -> int {
    throw spark::Error(kue::ErrorKind::not_found, "gone");
  });
  app.command("rest", "says all its arguments").arguments("WORD...", "anything").run([](spark::Args const& args) {
    for (std::string const& word : args.texts("WORD")) std::printf("<%s>", word.c_str());
    return 0;
  });
  app.command("writes", "writes a file").flag("--loud", "shout").run([](spark::Args const&) {
    std::ofstream("written") << "here";
    return 0;
  });
  app.command("seven", "returns 7").run([](spark::Args const&) { return 7; });
  app.command("many", "returns 256").run([](spark::Args const&) { return 256; });
  app.command("open", "opens the store").run([&](spark::Args const&) {
    (void)app[spark::queue].get();
    return 0;
  });
  return app.run(argc, argv);
}
