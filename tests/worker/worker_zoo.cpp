// A worker with every kind of bad job, for the process tests. What it did stands in its journal: one line, one
// write(2).
//
//   worker_zoo --store sqlite:/tmp/x/zoo.db --journal /tmp/x/journal -c 4

#include "loses_answers.hpp"

#include <kue/open_queue.hpp>
#include <kue/registry.hpp>
#include <kue/worker.hpp>

#include <fmt/format.h>

#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <thread>

extern char** environ;

namespace zoo {

std::string journal_path;

void note(std::string const& line) {
  int const file = ::open(journal_path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  std::string const whole = line + "\n";
  [[maybe_unused]] auto const written = ::write(file, whole.data(), whole.size());
  ::close(file);
}

// "begin zoo::Sleep ID PID ATTEMPT" in the constructor, "end ..." if the run reaches its end.
struct Run {
  kue::Context& ctx;
  std::string kind;
  Run(kue::Context& context, std::string name) : ctx(context), kind(std::move(name)) { say("begin"); }
  void say(char const* what) const {
    note(fmt::format("{} {} {} {} {}", what, kind, ctx.id().str(), ::getpid(), ctx.attempt()));
  }
};

void sleep_ms(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

struct Sleep {
  int ms = 0;
  void run(kue::Context& ctx) const {
    Run const run(ctx, "Sleep");
    sleep_ms(ms);
    run.say("end");
  }
};
struct Mixed {  // one kind, whose runs are quick, long or deadly
  int ms = 0;   // below 0: closes all descriptors, and opens files of its own, which get the numbers
  bool die = false;
  void run(kue::Context& ctx) const {
    Run const run(ctx, "Mixed");
    if (die) std::abort();
    if (ms < 0) {
      ::close_range(0, ~0U, 0);
      for (int i = 0; i < 40; ++i)
        [[maybe_unused]] int const opened = ::open((journal_path + "-own").c_str(), O_RDWR | O_CREAT | O_APPEND, 0644);
    }
    if (ms > 0) sleep_ms(ms);
    run.say("end");
  }
};
struct SleepWatching {  // gives back what it has when it is asked to stop
  int ms = 0;
  kue::Outcome run(kue::Context& ctx) const {
    Run const run(ctx, "SleepWatching");
    for (int slept = 0; slept < ms; slept += 5) {
      if (ctx.stop_requested()) {
        run.say(ctx.stop_cause() == kue::StopCause::timeout     ? "stopped-timeout"
                : ctx.stop_cause() == kue::StopCause::cancelled ? "stopped-cancelled"
                                                                : "stopped-shutdown");
        return kue::interrupted();
      }
      sleep_ms(5);
    }
    run.say("end");
    return kue::completed();
  }
};
struct ThrowStd {
  void run(kue::Context& ctx) const {
    Run const run(ctx, "ThrowStd");
    throw std::runtime_error("no such customer");
  }
};
struct ThrowInt {
  void run(kue::Context& ctx) const {
    Run const run(ctx, "ThrowInt");
    throw 42;
  }
};
struct Exit {
  int code = 0;
  void run(kue::Context& ctx) const {
    Run const run(ctx, "Exit");
    std::exit(code);
  }
};
// On purpose, so a sanitizer must not turn it into a report and an exit code.
__attribute__((no_sanitize("undefined"))) void write_to_nowhere() {
  int volatile* volatile nowhere = nullptr;
  *nowhere = 1;
}
struct Segfault {
  void run(kue::Context& ctx) const {
    Run const run(ctx, "Segfault");
    write_to_nowhere();
  }
  void failed(kue::Failure const& failure) const { note("failed Segfault " + failure.message); }
};
struct Abort {
  void run(kue::Context& ctx) const {
    Run const run(ctx, "Abort");
    std::abort();
  }
};
struct Loop {  // never looks at its stop token
  void run(kue::Context& ctx) const {
    Run const run(ctx, "Loop");
    bool volatile forever = true;
    while (forever) sleep_ms(1);
  }
};
struct CloseAll {  // and takes the numbers for files of its own
  void run(kue::Context& ctx) const {
    Run const run(ctx, "CloseAll");
    for (int fd = 0; fd < 256; ++fd) ::close(fd);
    for (int i = 0; i < 64; ++i)
      [[maybe_unused]] int const fd = ::open((journal_path + ".victim").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    run.say("end");
  }
};
struct Snooze {
  int ms = 0;
  kue::Outcome run(kue::Context& ctx) const {
    Run const run(ctx, "Snooze");
    return kue::snooze(kue::Millis(ms));
  }
};
struct Discard {
  kue::Outcome run(kue::Context& ctx) const {
    Run const run(ctx, "Discard");
    return kue::discard("pointless");
  }
  void failed(kue::Failure const& failure) const { note("failed Discard " + failure.message); }
};
struct RetryIn {
  int ms = 0;
  void run(kue::Context& ctx) const {
    Run const run(ctx, "RetryIn");
    if (ctx.attempt() == 1) throw kue::retry_in(kue::Millis(ms), "gateway busy");
    run.say("end");
  }
};
struct Value {
  std::string run(kue::Context& ctx) const {
    Run const run(ctx, "Value");
    ctx.progress(50, "half");
    return "forty-two";
  }
};
struct BigResult {
  int bytes = 0;
  std::string run(kue::Context& ctx) const {
    Run const run(ctx, "BigResult");
    return std::string(static_cast<std::size_t>(bytes), 'x');
  }
};
struct Helper {  // starts a program that would outlive it, then hangs
  void run(kue::Context& ctx) const {
    Run const run(ctx, "Helper");
    char sleep[] = "sleep", long_time[] = "1000";
    char* arguments[] = {sleep, long_time, nullptr};
    pid_t pid = 0;
    if (::posix_spawnp(&pid, "sleep", nullptr, nullptr, arguments, environ) != 0)
      throw std::runtime_error("no sleep program");
    note(fmt::format("helper {}", pid));
    bool volatile forever = true;
    while (forever) sleep_ms(1);
  }
};
struct ShowSignals {  // what a job, and a program that it starts, would inherit
  void run(kue::Context& ctx) const {
    Run const run(ctx, "ShowSignals");
    sigset_t mask;
    ::sigprocmask(SIG_BLOCK, nullptr, &mask);
    std::string blocked, handled;
    for (int signal = 1; signal < 32; ++signal) {
      struct sigaction action {};
      ::sigaction(signal, nullptr, &action);
      if (sigismember(&mask, signal) == 1) blocked += fmt::format(" {}", signal);
      if (action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN) handled += fmt::format(" {}", signal);
    }
    note(fmt::format("signals blocked:{} handled:{}", blocked, handled));
    std::string files;
    if (DIR* const folder = ::opendir("/proc/self/fd")) {
      while (dirent const* entry = ::readdir(folder)) {
        char target[512] = {};
        if (::readlink((std::string("/proc/self/fd/") + entry->d_name).c_str(), target, sizeof target - 1) > 0)
          files += std::string(" ") + target;
      }
      ::closedir(folder);
    }
    note("files" + files);
  }
};
struct NeedsNothingKnown {
  void run(std::string& service) const { service += "x"; }
};

// A stranger's queue, as the page has it: a folder, a file a job, oldest first. pop takes the file away: at most once.
class FolderQueue final : public kue::Queue {
 public:
  explicit FolderQueue(std::string folder) : folder_(std::move(folder)) {}
  using Queue::push;
  kue::Pushed push(kue::Envelope job) override {
    std::string const path = folder_ + "/" + job.id.str();
    std::ofstream(path + ".new") << job.to_bytes();
    ::rename((path + ".new").c_str(), (path + ".job").c_str());
    return {job.id};
  }
  std::optional<kue::Delivery> pop(kue::Millis wait) override {
    auto const until = std::chrono::steady_clock::now() + wait;
    do {
      if (auto job = take()) return kue::Delivery{.job = std::move(*job)};
      sleep_ms(5);
    } while (std::chrono::steady_clock::now() < until);
    return std::nullopt;
  }

 private:
  std::optional<kue::Envelope> take() {
    std::string oldest;
    if (DIR* const folder = ::opendir(folder_.c_str())) {
      while (dirent const* entry = ::readdir(folder)) {
        std::string const name = entry->d_name;
        if (name.ends_with(".job") && (oldest.empty() || name < oldest)) oldest = name;
      }
      ::closedir(folder);
    }
    if (oldest.empty()) return std::nullopt;
    std::string const mine = folder_ + "/" + oldest + "." + std::to_string(::getpid());
    if (::rename((folder_ + "/" + oldest).c_str(), mine.c_str()) != 0) return std::nullopt;  // another child was faster
    std::ifstream file(mine);
    std::string const bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    ::unlink(mine.c_str());
    return kue::Envelope::from_bytes(bytes);
  }
  std::string folder_;
};

}  // namespace zoo

namespace {

char const* name_of(kue::WorkerEvent event) {
  constexpr char const* kNames[] = {"init",       "success", "exception",   "retry",       "discard",
                                    "crash",      "timeout", "interrupted", "before_fork", "after_fork",
                                    "child_exit", "idle",    "shutdown"};
  return kNames[static_cast<std::size_t>(event)];
}

struct Arguments {
  kue::WorkerOptions options;
  std::string store, folder, boot;
  bool sequential = false;
};

Arguments read(int argc, char** argv) {
  Arguments all;
  for (int i = 1; i < argc; ++i) {
    std::string const name = argv[i];
    if (name == "--stop-when-empty") {
      all.options.stop_when_empty = true;
      continue;
    }
    if (name == "--sequential") {
      all.sequential = true;
      continue;
    }
    if (i + 1 >= argc) throw std::invalid_argument(name + " needs a value");
    std::string const value = argv[++i];
    auto const ms = [&] { return kue::Millis(std::stoi(value)); };
    if (name == "--store")
      all.store = value;
    else if (name == "--folder")
      all.folder = value;
    else if (name == "--journal")
      zoo::journal_path = value;
    else if (name == "--boot")
      all.boot = value;
    else if (name == "-c")
      all.options.concurrency = std::stoi(value);
    else if (name == "--pid-file")
      all.options.pid_file = value;
    else if (name == "--stop-timeout")
      all.options.stop_timeout = ms();
    else if (name == "--grace")
      all.options.hard_timeout_grace = ms();
    else if (name == "--beat")
      all.options.node_beat = ms();
    else if (name == "--dead")
      all.options.node_dead = ms();
    else if (name == "--keep-completed")
      all.options.retention.usual.completed = ms();
    else if (name == "--respawn")
      all.options.respawn_delay = ms(), all.options.respawn_delay_max = ms() * 4;
    else
      throw std::invalid_argument("unknown option " + name);
  }
  return all;
}

kue::Registry& registry() {
  static kue::Registry all;
  all.add<zoo::Sleep>();
  all.add<zoo::Mixed>();
  all.add<zoo::SleepWatching>();
  all.add<zoo::ThrowStd>();
  all.add<zoo::ThrowInt>();
  all.add<zoo::Exit>();
  all.add<zoo::Segfault>();
  all.add<zoo::Abort>();
  all.add<zoo::Loop>();
  all.add<zoo::CloseAll>();
  all.add<zoo::Snooze>();
  all.add<zoo::Discard>();
  all.add<zoo::RetryIn>();
  all.add<zoo::Value>();
  all.add<zoo::BigResult>();
  all.add<zoo::Helper>();
  all.add<zoo::ShowSignals>();
  return all;
}

void note_events(kue::Worker& worker) {
  for (int event = 0; event <= static_cast<int>(kue::WorkerEvent::shutdown); ++event) {
    if (static_cast<kue::WorkerEvent>(event) == kue::WorkerEvent::idle) continue;
    worker.on(static_cast<kue::WorkerEvent>(event), [](kue::EventInfo const& info) {
      zoo::note(fmt::format("event {} {} {} {} {} {}", name_of(info.event), info.pid, info.job.str(),
                            info.kind.empty() ? "-" : info.kind, info.attempt, info.wait_status));
    });
  }
  worker.on(kue::WorkerEvent::init, [](kue::EventInfo const& info) {
    if (info.kind == "zoo::Value") throw 7;  // a handler that throws changes nothing
  });
}

}  // namespace

int main(int argc, char** argv) try {
  Arguments const args = read(argc, argv);
  kue::Registry& kinds = registry();
  if (args.boot == "needs") kinds.add<zoo::NeedsNothingKnown>();
  kue::WorkerParts const parts{.queue = [&]() -> std::shared_ptr<kue::Queue> {
                                 zoo::note(fmt::format("boot {}", ::getpid()));
                                 if (args.boot == "fail")
                                   throw std::runtime_error("the license server does not answer");
                                 if (args.boot == "die") ::_exit(9);
                                 if (!args.folder.empty()) return std::make_shared<zoo::FolderQueue>(args.folder);
                                 if (args.boot == "lossy")
                                   return std::make_shared<kue::StoreQueue>(std::make_shared<zoo::LosesAnswers>(
                                       kue::open_store(args.store, {.event_log = true})));
                                 return kue::open_store_queue(args.store, {.event_log = true});
                               },
                               .services = {}};
  if (args.sequential) {
    kue::SequentialWorker worker(kinds, args.options);
    note_events(worker);
    return worker.run(parts);
  }
  kue::PreforkingWorker worker(kinds, args.options);
  note_events(worker);
  return worker.run(parts);
} catch (std::exception const& error) {
  fmt::print(stderr, "worker_zoo: {}\n", error.what());
  return 2;
}
