// The examples of the public headers' opening comments, with what they need around them. check_header_examples.py
// demands that each line of each example stands here; the compiler does the rest. Nothing here runs. A line stands as
// it does in its header:
// clang-format off

#include <kue/array_queue.hpp>
#include <kue/buffered_queue.hpp>
#include <kue/consumer.hpp>
#include <kue/error.hpp>
#include <kue/immediate_queue.hpp>
#include <kue/log/spdlog_sink.hpp>
#include <kue/sqlite.hpp>
#include <kue/testing/checker.hpp>
#include <kue/testing/conformance.hpp>
#include <kue/testing/fake_clock.hpp>
#include <kue/testing/gmock.hpp>
#include <kue/testing/journal.hpp>
#include <kue/testing/log_lines.hpp>
#include <kue/testing/real_worker.hpp>
#include <kue/testing/shared_count.hpp>
#include <kue/testing/temp_store.hpp>
#include <kue/testing/test_queue.hpp>
#if __has_include(<kue/sqlite.hpp>)
#include <kue/sqlite.hpp>
#endif
#include <kue/worker.hpp>
#include <spark/http/beast.hpp>
#include <spark/http/httplib.hpp>
#include <spark/log/spdlog_sink.hpp>
#include <spark/http/beast.hpp>
#include <spark/http/httplib.hpp>
#include <spark/spark.hpp>
#include <spark/testing/test_queue.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cassert>
#include <cstdio>
#include <fstream>
#include <thread>

using namespace std::chrono_literals;

struct Letter {};
struct Mailer {
  virtual ~Mailer() = default;
  virtual void send(Letter const&) {}
};
struct Relay {};
struct Smtp : Mailer {
  explicit Smtp(Relay&) {}
};

struct HelloWorldJob {
  std::string name;
  void run(kue::Logger& log) const { log.info("Hello World {}!", name); }
};

struct SendInvoice {
  int order;
  static constexpr kue::JobOptions options{.queue = "billing", .max_attempts = 8, .timeout = 2min};
  void run(Mailer&) const;
};
void SendInvoice::run(Mailer&) const {}

struct AllOptions {
  static constexpr std::string_view kind = "hello";
  static constexpr kue::JobOptions options{.queue = "mail"};
  std::string locale = "en";
  static constexpr std::array added{"locale"};
  static constexpr bool accepts_unknown_fields = true;
  void validate() const;
  std::chrono::seconds backoff(int attempt) const;
  void failed(kue::Failure const&, Mailer&);
  void run() const {}
};
void AllOptions::validate() const {}
std::chrono::seconds AllOptions::backoff(int) const { return 1s; }
void AllOptions::failed(kue::Failure const&, Mailer&) {}

static_assert(kue::detail::check_job<HelloWorldJob>());

inline constexpr spark::Service<Mailer> mailer{"mailer"};
inline constexpr spark::Service<Relay> relay{"relay"};

void array_queue() {
  kue::ArrayQueue queue;
  queue.push(HelloWorldJob("John"));
  EXPECT_EQ(queue.jobs().front().kind, "HelloWorldJob");
}

void buffered_queue(spark::Application& app) {
  app[spark::queue] = app.share(
      [] { return std::make_unique<kue::BufferedQueue>(kue::open_store_queue("sqlite:spark.db")); });
}

void due() {
  kue::TimePoint due = kue::Clock::system().now() + 5min;
  (void)due;
}

struct Render {
  int pages = 3;
  void render(int) const {}
  kue::Outcome run(kue::Context& ctx) const {
    for (int page = 0; page < pages; ++page) {
      if (ctx.stop_requested()) return kue::interrupted();
      render(page);
      ctx.progress(100 * page / pages, "page");
    }
    return kue::completed();
  }
};

struct FakeRedis {
  void rpush(std::string const&, std::string const&) {}
} redis;

namespace changed {
struct Address {
  std::string street;
  std::string country = "NZ";
  std::optional<int> zip;
  static constexpr std::array added{"country"};
  static constexpr bool accepts_unknown_fields = true;
};
Address read() { return kue::from_json<Address>("{}"); }
}  // namespace changed

struct Thumbnail { int width = 0; };
void show(std::optional<Thumbnail> const&) {}
void show(int, std::string const&) {}
void job_status(kue::Queue& queue, kue::JobId id) {
  if (auto const job = queue.find(id)) {
    if (job->state == kue::State::completed) show(job->result_as<Thumbnail>());
    else if (job->progress) show(job->progress->percent, job->progress->note);
  }
}
void find_and_wait(kue::Queue& queue) {
  kue::JobId id = queue.push(HelloWorldJob("John Doe"), {.delay = 5min});
  std::optional<kue::JobStatus> job = queue.wait(id, 10s);
  (void)job;
}

void envelope_to(kue::Envelope envelope) {
  redis.rpush("spark:queue", envelope.to_bytes());
}
void envelope_from(std::string reply) {
  kue::Envelope envelope = kue::Envelope::from_bytes(reply);
  (void)envelope;
}

void error(kue::Queue& queue, kue::Envelope job) {
  kue::Envelope job_again_with_same_id = job;
  try { queue.push(job); }
  catch (kue::Error const& error) {
    if (error.outcome_unknown()) queue.push(job_again_with_same_id);
  }
}

void fields() {
  struct Address { std::string street; int zip = 0; };
  Address address;
  auto names = kue::field_names<Address>();
  kue::visit_fields(address, [](auto&... field) { ((field = {}), ...); });
  assert(names.size() == 2);
  (void)names;
}
class Counter {
  int count_ = 0;
  KUE_FIELDS(count_)
 public:
  void run() const { (void)count_; }
};

void id(spark::Application& app, kue::Logger& log) {
  kue::JobId id = app[spark::queue]->push(SendInvoice(7));
  log.info("invoice is job {}", id.str());
}

void immediate_queue(kue::Registry& registry, kue::Services& services) {
  kue::ImmediateQueue queue(registry, services);
  queue.push(HelloWorldJob("John"));
  EXPECT_EQ(queue.outcomes().back().second.kind, kue::Outcome::Kind::completed);
}

void job_mark(kue::Logger& log) {
  std::jthread helper([&log, job = kue::current_job()] {
    kue::JobScope const scope(job);
    log.info("half of it");
  });
}

void job() {
  kue::Envelope envelope = kue::make_envelope(HelloWorldJob("John Doe"));
  (void)envelope;
}

struct Point { int x = 0; std::optional<double> y; };
class Money {
 public:
  explicit Money(std::int64_t cents = 0) : cents_(cents) {}
  std::int64_t cents() const { return cents_; }

 private:
  std::int64_t cents_;
};
template <> struct kue::Serde<Money> {
  static void write(kue::Writer& out, Money const& m) { out.integer(m.cents()); }
  static void read(kue::Reader& in, Money& m) { if (auto cents = in.integer()) m = Money(*cents); }
};
void json() {
  std::string text = kue::to_json(Point(1, 2.5));
  Point point = kue::from_json<Point>(text);
  (void)point;
}

void open_queue() {
  auto queue = kue::open_store_queue("sqlite:spark.db");
  queue->flush();
}

void options(kue::Queue& queue) {
  queue.push(SendInvoice(7), {.delay = 5min, .priority = 3});
}

struct SendReceipt { int order; void run() const {} };
struct OwnDatabase { void run(char const*) {} operator sqlite3*() const { return nullptr; } };
void run(sqlite3*, char const*) {}
void own_transaction(sqlite3* database, kue::Queue& queue) {
  kue::SqliteTransaction tx(database);
  run(database, "INSERT INTO orders (id) VALUES (7)");
  queue.push(tx, SendReceipt(7));
  tx.commit();
}
void foreign(OwnDatabase& database, kue::Queue& queue) {
  kue::SqliteTransaction tx(database);
  database.run("INSERT INTO orders ...");
  queue.push(tx, SendReceipt(7));
  tx.commit();
}

struct OutcomeExample {
  bool ready() const { return true; }
  bool gone() const { return false; }
  kue::Outcome run() const {
    if (!ready()) return kue::snooze(5min);
    if (gone()) return kue::cancel("order deleted");
    throw kue::retry_in(30s, "gateway busy");
  }
};

class MyRedisQueue : public kue::Queue {
 public:
  using Queue::push;
  kue::Pushed push(kue::Envelope job) override;
  void process(kue::Consumer& worker) override {
    names_ = worker.queues();
    worker.on(kue::WorkerEvent::discard, [this](kue::EventInfo const& e) {
      redis_.rpush("discarded", e.job.str());
    });
  }
  std::optional<kue::Delivery> pop(kue::Millis wait) override;

 private:
  FakeRedis redis_;
  std::vector<std::string> names_;
  std::string key = "spark:queue";
};
kue::Pushed MyRedisQueue::push(kue::Envelope job) { redis_.rpush(key, job.to_bytes()); return {job.id}; }
std::optional<kue::Delivery> MyRedisQueue::pop(kue::Millis) { return std::nullopt; }
void queue(MyRedisQueue& queue) {
  queue.push(HelloWorldJob("John Doe"), {.delay = 5min});
}

struct Fixed : kue::Random { std::uint64_t below(std::uint64_t) override { return 0; } };

void record(kue::Store& store, kue::JobId id) {
  if (auto record = store.get(id))
    fmt::print("{}, attempt {}\n", to_string(record->state), attempt_number(*record));
}

void registry(kue::Envelope envelope, kue::Context& context, kue::Services& services) {
  kue::Registry registry;
  registry.add<HelloWorldJob>();
  kue::Outcome outcome = registry.find("HelloWorldJob")->run(envelope.args, context, services);
  (void)outcome;
}

struct Mine : kue::Services {
  Mailer mailer;
  void* find(std::type_info const& type) override { return type == typeid(Mailer) ? &mailer : nullptr; }
  bool has(std::type_info const& type) override { return type == typeid(Mailer); }
};

bool state() {
  return kue::allowed(kue::Verb::finish, kue::State::running, kue::State::retryable, kue::Reason::error);
}

void store(std::vector<kue::Envelope> envelopes, std::uint64_t node, std::uint64_t holder) {
  auto store = kue::open_store("sqlite:spark.db");
  store->push({.jobs = envelopes});
  auto got = store->claim({.node = node, .holder = holder, .max = 10});
  (void)got;
}

void claim(kue::Store& store, std::uint64_t node, std::uint64_t holder) {
  kue::Claimed const got = store.claim({.node = node, .holder = holder}).jobs.at(0);
  kue::Finish const finish{.claim = got.claim};
  store.finish({.items = {&finish, 1}});
}

void run(kue::Envelope const&) {}
void store_jobs(kue::Store& store, std::uint64_t node, std::uint64_t holder) {
  auto const got = store.claim({.node = node, .holder = holder, .max = 10});
  for (kue::Claimed const& one : got.jobs) run(one.job);
}

void start_over() {}
void store_nodes(kue::Store& store, std::uint64_t node) {
  auto const beat = store.beat({.node = node, .name = "web-3", .pid = ::getpid()});
  if (!beat.alive) start_over();
}

void store_looking(kue::Store& store) {
  kue::QueryRequest page{.filter = {.states = {kue::State::discarded}}};
  auto const found = store.query(page);
  (void)found;
}

void store_upkeep(kue::Store& store) {
  store.prune({.retention = {.usual = {.completed = 1h}}});
  for (std::string const& problem : store.check().problems) fmt::print("{}\n", problem);
}

void pushed(kue::Queue& queue) {
  kue::Pushed const pushed = queue.push(SendInvoice(7));
  if (pushed.status == kue::PushStatus::already) return;
  kue::JobId id = pushed;
  (void)id;
}

void store_queue() {
  kue::StoreQueue queue(kue::open_store("sqlite:spark.db"));
  kue::JobId id = queue.push(HelloWorldJob("John Doe"));
  (void)id;
}

void alert(std::string const&, std::string const&) {}
int worker(kue::Registry& registry) {
  kue::PreforkingWorker worker(registry, {.concurrency = 4});
  worker.on(kue::WorkerEvent::crash, [](kue::EventInfo const& e) { alert(e.kind, e.failure.message); });
  return worker.run({.queue = [] { return kue::open_store_queue("sqlite:spark.db"); },
                     .services = [] { return std::make_unique<Mine>(); }});
}

void checker(kue::Store* store, std::string directory) {
  kue::testing::History history = kue::testing::read_history(*store);
  history.runs = kue::testing::read_journals(directory);
  kue::testing::Verdict verdict = kue::testing::check(history);
  fmt::print("{}", verdict.text());
}

std::unique_ptr<kue::Store> open_mine(kue::StoreOptions const& o) { return kue::open_store("memory:", o); }
namespace conformance {
int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  auto const open = [](kue::StoreOptions const& options) { return open_mine(options); };
  kue::testing::register_conformance({.name = "mine", .open = open});
  return RUN_ALL_TESTS();
}
}  // namespace conformance

void fake_clock(std::vector<kue::Envelope> due_in_an_hour) {
  kue::testing::FakeClock clock;
  auto store = kue::open_store("memory:", {.clock = &clock});
  store->push({.jobs = due_in_an_hour});
  clock.advance(1h);
}

void journal(kue::Context& ctx, std::string directory, std::uint64_t hash) {
  kue::testing::JournalWriter journal(directory);
  journal.run_begin(ctx.id(), ctx.claim_no(), ctx.attempt(), hash);
  journal.run_end(ctx.id(), ctx.claim_no(), "returned");
  kue::testing::Journal all = kue::testing::read_journals(directory);
  (void)all;
}

void batch(kue::Queue& queue) {
  kue::Batch batch(queue);
  kue::JobId id = batch.push(SendInvoice(7), {.delay = 5min});
  batch.flush();
  (void)id;
}

namespace http_batches {
namespace http = boost::beast::http;
using boost::asio::co_spawn, boost::asio::detached;
boost::asio::awaitable<spark::http::BeastResponse> order(
    spark::http::BeastRequest const& request, spark::Batch& batch) {
  batch.push(SendInvoice(std::stoi(request.body())));
  http::response<http::string_body> response(http::status::accepted, request.version());
  response.keep_alive(request.keep_alive());
  response.prepare_payload();
  co_return response;
}
void adapters(spark::Application& app, httplib::Server& server, boost::asio::io_context& context,
              boost::asio::ip::tcp::acceptor& acceptor) {
  kue::Queue& queue = app[spark::queue];
  kue::Flusher flusher(queue, {.flush = kue::Flush::after_response});
  {
    auto const order = [](httplib::Request const&, httplib::Response&, spark::Batch&) {};
    server.Post("/orders", spark::http::with_batch(flusher, order));
  }
  server.Post("/orders", spark::http::with_batch(flusher, [](httplib::Request const& request,
                                                             httplib::Response& response, spark::Batch& batch) {
    spark::JobId id = batch.push(SendInvoice(std::stoi(request.body)));
    response.set_content(id.str(), "text/plain");
  }));
  co_spawn(context, spark::http::listen(acceptor, flusher, order), detached);
  boost::asio::co_spawn(context, spark::http::listen(acceptor, flusher, order), boost::asio::detached);
  kue::Batch jobs(flusher);
  jobs.push(SendInvoice(7));
  jobs.handled();
  jobs.sent();
}
}  // namespace http_batches

int serve(spark::Application&, int = 0, std::string const& = {}) { return 0; }
int copy(std::string const&, std::string const&, int) { return 0; }
namespace application {
int main(int argc, char** argv) {
  spark::Application app;
  app.jobs<HelloWorldJob>();
  app.command("server", "serves the page").run([&](spark::Args const&) { return serve(app); });
  return app.run(argc, argv);
}
void controller(spark::Application& app) {
  app[spark::queue]->push(HelloWorldJob("John Doe"));
}
}  // namespace application

void args(spark::Application& app) {
  app.command("server", "serves the page")
      .option("-p,--port N", 8080, "port to listen on")
      .between(1, 65535)
      .option("--host NAME", "name to answer to")
      .run([&](spark::Args const& args) {
        return serve(app, args.number("--port"), args.optional_text("--host").value_or("localhost"));
      });
}
void command(spark::Application& app) {
  app.command("copy", "copies a file")
      .argument("FROM", "the file")
      .argument("TO", "its new place")
      .option("-n,--times N", 1, "how many copies to make")
      .between(1, 100)
      .flag("--force", "overwrite a file that is there")
      .run([](spark::Args const& args) { return copy(args.text("FROM"), args.text("TO"), args.number("--times")); });
}

void config() {
  spark::Config config = spark::Config::load("/srv/app", spark::Config::environment());
  (void)config;
}

void container(spark::Application& app, Letter letter) {
  app[mailer] = app.share([&] { return std::make_unique<Smtp>(app[relay]); });
  app[mailer]->send(letter);
  Mailer& same = app[mailer];
  (void)same;
}

// ---- for users' tests
void order_paid(kue::Queue& queue, int order) { queue.push(SendInvoice(order)); }
void order_paid(spark::Application& app, int order) { app[spark::queue]->push(SendInvoice(order)); }
void set_up(spark::Application& app) { app.jobs<HelloWorldJob>(); }
void greet(kue::Logger log, std::string const& name) { log.info("Hello World {}!", name); }

void assertion_failed(kue::testing::TestQueue const& queue) {
  try { queue.assert_pushed<SendInvoice>(); }
  catch (kue::testing::AssertionFailed const& failed) { puts(failed.what()); }
}

void log_lines() {
  auto const lines = std::make_shared<kue::testing::LogLines>();
  greet(kue::Logger(lines), "John");
  EXPECT_TRUE(lines->say("Hello World John!"));
}

void test_queue(kue::Registry& registry, kue::Services& services) {
  kue::testing::TestQueue queue(registry, services);
  order_paid(queue, 7);
  queue.assert_pushed(SendInvoice(7), {.queue = "billing", .delay = 5min});
  queue.advance(5min);
  queue.drain().assert_all_completed();
}

void matchers(kue::testing::TestQueue& queue) {
  EXPECT_THAT(queue, kue::testing::HasPushed(SendInvoice(7), {.delay = 5min}));
  EXPECT_THAT(queue, kue::testing::HasPushed<SendInvoice>({.queue = "billing", .times = 2}));
  EXPECT_THAT(queue.drain(), kue::testing::AllCompleted());
}

namespace application {
void test_queue_of_it() {
  spark::Application app;
  set_up(app);
  spark::testing::TestQueue queue(app);
  order_paid(app, 7);
  queue.assert_pushed(SendInvoice(7), {.queue = "billing"});
  queue.drain().assert_all_completed();
}
}  // namespace application

void temp_store() {
  kue::testing::TempStore temp;
  auto queue = kue::open_store_queue(temp.url());
  std::ofstream(temp.path("photo.jpg")) << "...";
}

namespace shared {
struct Gateway { kue::testing::SharedCount& charged; void charge() { ++charged; } };
void shared_count() {
  kue::testing::SharedCount charged;
  EXPECT_EQ(charged.value(), 1);
}
}  // namespace shared

struct ChargeCard {
  int order = 0;
  void run(shared::Gateway& gateway) const { gateway.charge(); }
};
struct MyServices : kue::Services {
  explicit MyServices(shared::Gateway& one) : gateway(one) {}
  shared::Gateway& gateway;
  void* find(std::type_info const& type) override { return has(type) ? &gateway : nullptr; }
  bool has(std::type_info const& type) override { return type == typeid(shared::Gateway); }
};
void real_worker(kue::Registry& registry, shared::Gateway& gateway) {
  kue::testing::WorkerReport const report = kue::testing::run_worker(
      registry, {kue::make_envelope(ChargeCard(7))},
      {.services = [&](kue::Queue&) { return std::make_shared<MyServices>(gateway); },
       .crashes = {{.kind = "ChargeCard", .at = kue::testing::Crash::after_run}}});
  EXPECT_EQ(report.job<ChargeCard>().ends, (std::vector{kue::Reason::crashed, kue::Reason::completed}));
}

void spdlog_sink(kue::Logger log) {
  spdlog::set_default_logger(kue::spdlog_logger(log));
  spdlog::info("charged order {}", 7);
}
void spdlog_of(spark::Application& app, int order) {
  spdlog::set_default_logger(spark::spdlog_logger(app));
  spdlog::info("charged order {}", order);
}
