#include <kue/worker.hpp>

#include "kue/core/open_transactions.hpp"
#include "kue/worker/board/post.hpp"
#include "kue/worker/node/node_beat.hpp"
#include "kue/worker/node/node_lock.hpp"
#include "kue/worker/node/rescue.hpp"
#include "kue/worker/run/outcome_writer.hpp"
#include "kue/worker/run/runner.hpp"

#include <kue/error.hpp>

#include <atomic>
#include <csignal>
#include <exception>

namespace kue {
namespace {

constexpr Millis kWait{1000};
constexpr Millis kNodesEvery{1000};

struct Stop {
  std::atomic<bool> asked{false};
  FutexWord bell{0};

  void ask() noexcept {
    asked.store(true, std::memory_order_release);
    futex_ring(bell);
  }
};

std::atomic<Stop*> stop_of_signals{nullptr};

void on_signal(int) {
  int const error = errno;
  if (Stop* const stop = stop_of_signals.load()) stop->ask();
  errno = error;
}

// TERM, QUIT and INT end the worker after the job that runs; what the program had before is put back.
class SignalHandlers {
 public:
  explicit SignalHandlers(Stop& stop) {
    stop_of_signals = &stop;
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    for (std::size_t i = 0; i < std::size(kSignals); ++i) ::sigaction(kSignals[i], &action, &before_[i]);
  }
  ~SignalHandlers() {
    for (std::size_t i = 0; i < std::size(kSignals); ++i) ::sigaction(kSignals[i], &before_[i], nullptr);
    stop_of_signals = nullptr;
  }
  SignalHandlers(SignalHandlers const&) = delete;

 private:
  static constexpr int kSignals[] = {SIGTERM, SIGQUIT, SIGINT};
  struct sigaction before_[std::size(kSignals)]{};
};

}  // namespace

struct SequentialWorker::State {
  std::uint64_t node = random_bits();
  std::uint64_t holder = random_bits();
  Stop stop;
};

SequentialWorker::SequentialWorker(Registry const& registry, WorkerOptions options)
    : Worker(registry, std::move(options)), state_(std::make_unique<State>()) {}

SequentialWorker::~SequentialWorker() = default;

void SequentialWorker::stop() noexcept { state_->stop.ask(); }

std::uint64_t SequentialWorker::node() const { return state_->node; }
std::uint64_t SequentialWorker::holder() const { return state_->holder; }

namespace {

// One call of SequentialWorker::run.
class Session {
 public:
  Session(Worker& worker, WorkerParts const& parts, Stop& stop, std::function<void(EventInfo const&)> emit);
  void work();
  void leave();

 private:
  void become_a_node();
  void look_after_nodes();
  void handle(Delivery const& delivery);
  bool settle_own_end(Delivery const& delivery, worker::RunReport& report);
  bool cancel_asked();
  std::optional<Delivery> pop();
  Logger log() const { return worker_.options().log; }

  Worker& worker_;
  Stop& stop_;
  std::shared_ptr<Queue> queue_;
  StoreQueue* with_store_ = nullptr;
  std::shared_ptr<Services> services_;
  worker::NodeLock lock_;
  std::unique_ptr<worker::NodeBeat> beat_;
  std::atomic<bool> node_dead_{false};
  worker::Rescuer rescuer_;
  SteadyPoint next_nodes_{};
  std::optional<worker::OutcomeWriter> writer_;
  std::optional<worker::Runner> runner_;
  std::atomic<std::int64_t> trusted_until_{INT64_MAX};
  Delivery const* running_ = nullptr;  // the watch reads it between begin() and end()
  std::optional<worker::StopWatch> watch_;
  std::function<void(EventInfo const&)> emit_;
  Millis trouble_{0};
};

Session::Session(Worker& worker, WorkerParts const& parts, Stop& stop, std::function<void(EventInfo const&)> emit)
    : worker_(worker),
      stop_(stop),
      rescuer_(worker.node(), worker.options().node_dead, worker.options().log),
      emit_(std::move(emit)) {
  queue_ = worker::queue_of(parts);
  with_store_ = worker::store_queue_in(*queue_);
  services_ = worker::all_services_of(parts, worker.registry());
  queue_->process(worker_);
  if (with_store_ != nullptr) become_a_node();
  writer_.emplace(*queue_, with_store_, log(), [this](Millis trouble) {
    watch_->rest(trouble);
    return !stop_.asked.load() || trouble < Millis(1000);
  });
  runner_.emplace(worker.registry(), *services_, log(), emit_, worker::progress_sink(with_store_),
                  worker::Runner::Wants(), worker::finish_sink(with_store_));
  watch_.emplace(stop_.bell, worker::StopWatch::Rules{
                                 .stop_asked = [this] { return stop_.asked.load() || node_dead_.load(); },
                                 .on_stop = [this] { queue_->interrupt(); },
                                 .trusted_until = [this] { return SteadyPoint(Millis(trusted_until_.load())); },
                                 .cancel_asked = [this] { return cancel_asked(); }});
}

void Session::become_a_node() {
  lock_ = worker::NodeLock(worker_.node(), log());
  std::shared_ptr<Store> const store(queue_, &with_store_->store());
  beat_ = std::make_unique<worker::NodeBeat>(
      store,
      worker::NodeBeat::Rules{
          .node = worker_.node(),
          .pid = ::getpid(),
          .lock = lock_.file(),
          .every = worker_.options().node_beat,
          .dead_after = worker_.options().node_dead,
          .trusted_until = [this](SteadyPoint until) { trusted_until_ = until.time_since_epoch().count(); },
          .declared_dead =
              [this] {
                node_dead_ = true;
                futex_ring(stop_.bell);  // the watch may doze
              }},
      log());
  beat_->beat();
  beat_->start();
}

void Session::work() {
  while (!watch_->stopping()) {
    if (Clock::system().steady_now() >= SteadyPoint(Millis(trusted_until_.load()))) {
      watch_->rest(Millis(50));
      continue;
    }
    look_after_nodes();
    std::optional<Delivery> const delivery = pop();
    if (delivery && watch_->stopping()) {
      queue_->release(*delivery);
    } else if (delivery) {
      handle(*delivery);
    } else {
      emit_({.event = WorkerEvent::idle, .pid = ::getpid()});
      if (worker_.options().stop_when_empty && trouble_ == Millis(0) &&
          (with_store_ == nullptr || worker::nothing_left(with_store_->store(), worker_.options().queues)))
        return;
    }
  }
  if (node_dead_)
    throw Error(ErrorKind::stale, "this worker was declared dead by another: its beat did not reach the store in time");
}

std::optional<Delivery> Session::pop() {
  try {
    std::optional<Delivery> delivery = queue_->pop(worker_.options().stop_when_empty ? Millis(100) : kWait);
    trouble_ = Millis(0);
    return delivery;
  } catch (std::exception const& error) {
    trouble_ = worker::next_trouble(trouble_);
    if (!watch_->stopping())
      log().error("cannot take a job, trying again in {} ms: {}", trouble_.count(), error.what());
    watch_->rest(trouble_);
    return std::nullopt;
  }
}

void Session::handle(Delivery const& delivery) {
  JobScope const scope(worker::mark_of(delivery));
  std::optional<SteadyPoint> soft;
  if (delivery.job.timeout.count() > 0) soft = Clock::system().steady_now() + delivery.job.timeout;
  TimePoint const started = Clock::system().now();
  running_ = &delivery;
  watch_->begin(soft);
  worker::RunReport report = runner_->run(delivery, started, *watch_);
  watch_->end();
  if (OpenTransactions::any_here()) throw Error(ErrorKind::refused, worker::left_open(delivery));
  if (report.finished_itself && settle_own_end(delivery, report)) return;
  writer_->flush();
  auto const written = writer_->write(delivery, report);
  if (!written) {
    worker::job_logger(log(), delivery).error("its outcome is lost with this worker; it will run again");
    return;
  }
  if (written->status != FinishStatus::stale) runner_->tell(delivery, report, written->next, writer_->keeps());
}

// True: there is nothing to write.
bool Session::settle_own_end(Delivery const& delivery, worker::RunReport& report) {
  std::optional<bool> const committed = writer_->read_own_end(delivery);
  runner_->settle_own_end(delivery, report, committed.value_or(false));
  if (committed == true) runner_->tell(delivery, report, writer_->foresee(delivery, report.outcome), true);
  return committed == true;
}

// In the watch's thread, about once a second while a job runs. A job that does not look at its stop token goes on:
// nobody can kill it here.
bool Session::cancel_asked() {
  if (with_store_ == nullptr) return false;
  try {
    for (RunningJob const& row : with_store_->store().running({.node = worker_.node()})) {
      if (row.claim == running_->claim) return row.cancel_asked_at.has_value();
    }
  } catch (std::exception const&) {  // the next look asks again; what else needs the store says that it does not answer
  }
  return false;
}

void Session::look_after_nodes() {
  SteadyPoint const now = Clock::system().steady_now();
  if (!beat_ || now < next_nodes_) return;
  next_nodes_ = now + kNodesEvery;
  try {
    rescuer_.round(with_store_->store(), beat_->fresh(), now);
    with_store_->store().prune({.retention = worker_.options().retention});
  } catch (std::exception const& error) {
    log().error("cannot look after other workers: {}", error.what());
  }
}

void Session::leave() {
  watch_.reset();
  if (!beat_) return;
  beat_->stop();
  with_store_->store().beat({.node = worker_.node(), .name = worker::host_name(), .pid = ::getpid(), .leaving = true});
  lock_.remove();
}

}  // namespace

int SequentialWorker::run(WorkerParts const& parts) {
  Logger log = options().log;
  if (std::string const problem = worker::problem_of_weights(options()); !problem.empty()) {
    log.error("the worker cannot start: {}", problem);
    return 2;
  }
  SignalHandlers const handlers(state_->stop);
  try {
    Session session(*this, parts, state_->stop, [this](EventInfo const& info) { emit(info); });
    log.info("worker started: jobs run in this process (pid {}); stop with Ctrl-C", ::getpid());
    session.work();
    emit({.event = WorkerEvent::shutdown, .pid = ::getpid()});
    session.leave();
    log.info("worker stopped");
    return 0;
  } catch (Error const& error) {
    log.error("the worker cannot go on: {}", error.what());
    bool const wrong_options = error.kind() == ErrorKind::refused || error.kind() == ErrorKind::invalid ||
                               error.kind() == ErrorKind::not_found;
    return wrong_options ? 2 : 4;
  }
}

}  // namespace kue
