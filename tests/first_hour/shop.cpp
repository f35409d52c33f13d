// The program of the guide's examples: a shop that sends invoices. SHOP_MISTAKE chooses one of the mistakes of a first
// hour (docs/guide/when-it-does-not-work.md); without it nothing is wrong.

#include <spark/spark.hpp>

#include <chrono>
#include <cstdlib>
#include <deque>
#include <stdexcept>
#include <string>
#include <thread>

using namespace std::chrono_literals;

struct SendInvoice {
  int order = 0;
  std::string locale = "en";

  static constexpr spark::JobOptions options{.queue = "billing", .max_attempts = 8, .timeout = 2min};

  void validate() const {
    if (order <= 0) throw std::invalid_argument("order must be positive");
  }
  void run(spark::Context& ctx) const { ctx.log().info("invoice for order {} sent, attempt {}", order, ctx.attempt()); }
};

struct ChargeCard {
  int order = 0;
  void run() const { throw std::runtime_error("the gateway answers 503"); }
};

struct BuildReport {
  int pages = 1;
  spark::Outcome run(spark::Context& ctx) const {
    for (int page = 1; page <= pages; ++page) {
      if (ctx.stop_requested()) return spark::interrupted();
      std::this_thread::sleep_for(100ms);
      ctx.progress(100 * page / pages, "page " + std::to_string(page));
    }
    ctx.log().info("report of {} pages built", pages);
    return kue::completed();
  }
};

struct ReadBarcode {
  std::string picture;
  void run() const { std::abort(); }  // a library with a bug
};

// Starts another program and does not wait for it.
struct PrintLabel {
  std::string command = "true";
  void run() const {
    if (std::system(("(" + command + ") &").c_str()) != 0) throw std::runtime_error("cannot start " + command);
  }
};

struct Mailer {
  void send(std::string const& to) { last = to; }
  std::string last;
};
inline constexpr spark::Service<Mailer> mailer{"mailer"};

struct Welcome {
  std::string address;
  void run(Mailer& mail) const { mail.send(address); }
};

// A list of this process only: keeps nothing until it is finished, and cannot delay.
class ListQueue : public spark::Queue {
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

int main(int argc, char** argv) {
  std::string_view const mistake = std::getenv("SHOP_MISTAKE") ? std::getenv("SHOP_MISTAKE") : "";
  spark::Application app;
  if (mistake == "no run") return 0;
  if (mistake == "one job only") {
    app.jobs<SendInvoice>();
  } else if (mistake != "no jobs") {
    app.jobs<SendInvoice, ChargeCard, BuildReport, ReadBarcode, PrintLabel, Welcome>();
  }
  if (mistake != "no mailer") app[mailer] = app.share([] { return Mailer(); });
  if (mistake == "own queue") app[spark::queue] = app.share([] { return ListQueue(); });
  if (mistake == "queue before run") app[spark::queue]->push(SendInvoice(7));
  app.command("order", "takes an order, and pushes its invoice")
      .option("-n,--number N", 7, "of the order")
      .option("--letters N", 2, "length of the locale")
      .option<kue::Millis>("--delay TIME", "before the invoice is sent")
      .run([&](spark::Args const& args) {
        int const number = args.number("--number");
        std::string const locale(static_cast<std::size_t>(args.number("--letters")), 'x');
        spark::PushOptions const options{.delay = args.optional_duration("--delay")};
        spark::JobId const id = app[spark::queue]->push(SendInvoice(number, locale), options);
        app.log().info("order {} taken, its invoice is job {}", number, id.str());
        return 0;
      });
  return app.run(argc, argv);
}
