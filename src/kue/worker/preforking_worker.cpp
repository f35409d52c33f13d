#include <kue/worker.hpp>

#include "kue/worker/child/child.hpp"
#include "kue/worker/keeper/keeper.hpp"
#include "kue/worker/master/master.hpp"

#include <kue/error.hpp>

#include <fmt/format.h>

namespace kue {
namespace {

std::string problem_of(WorkerOptions const& options) {
  if (options.concurrency < 1 || options.concurrency > limits::kMaxConcurrency) {
    return fmt::format("concurrency is {}; it must be 1 to {}", options.concurrency, limits::kMaxConcurrency);
  }
  for (std::string const& queue : options.queues) {
    if (!valid_name(queue)) return fmt::format("'{}' is no name of a queue", queue);
  }
  if (std::string problem = worker::problem_of_weights(options); !problem.empty()) return problem;
  if (options.stop_timeout < Millis(0)) return "the stop time-out is negative";
  if (options.hard_timeout_grace < Millis(0)) return "the grace of the hard time-out is negative";
  if (options.node_beat <= Millis(0) || options.node_dead <= options.node_beat)
    return "the node's beat must be shorter than the time after which it counts as dead";
  if (options.respawn_delay <= Millis(0) || options.respawn_delay_max < options.respawn_delay)
    return "the delays of a respawn are not in order";
  return {};
}

}  // namespace

struct PreforkingWorker::State {
  std::uint64_t node = 0;
  std::uint64_t holder = 0;
};

PreforkingWorker::PreforkingWorker(Registry const& registry, WorkerOptions options)
    : Worker(registry, std::move(options)), state_(std::make_unique<State>()) {}

PreforkingWorker::~PreforkingWorker() = default;

std::uint64_t PreforkingWorker::node() const { return state_->node; }
std::uint64_t PreforkingWorker::holder() const { return state_->holder; }

int PreforkingWorker::run(WorkerParts const& parts) {
  set_log_role("master");
  Logger log = options().log;
  if (std::string const problem = problem_of(options()); !problem.empty()) {
    log.error("the worker cannot start: {}", problem);
    return 2;
  }
  try {
    std::optional<worker::PidFile> pid_file;
    if (!options().pid_file.empty()) pid_file.emplace(options().pid_file);
    worker::Scoreboard board(worker::most_children(options().concurrency));
    worker::Post const post{.worker = *this,
                            .parts = parts,
                            .board = board,
                            .emit = [this](EventInfo const& info) { emit(info); },
                            .wants = [this](WorkerEvent event) { return wants(event); },
                            .set_holder = [this](std::uint64_t holder) { state_->holder = holder; }};
    worker::Lives const lives{.of_child = [](worker::Post its) { worker::Child(std::move(its)).live(); },
                              .of_keeper = [](worker::Post its) { worker::Keeper(std::move(its)).live(); }};
    worker::Master master(post, lives, pid_file ? &*pid_file : nullptr,
                          [this](std::uint64_t node) { state_->node = node; });
    int const code = master.run();
    log.info("worker stopped");
    return code;
  } catch (Error const& error) {
    log.error("{}", error.what());
    return error.kind() == ErrorKind::conflict ? 5 : 2;
  }
}

}  // namespace kue
