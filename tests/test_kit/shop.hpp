#pragma once
// A small application as a user tests it; the cases are written once, in cases.hpp.

#include <spark/spark.hpp>

#include <string>
#include <vector>

struct Mailer {
  std::vector<std::string> sent;
};
inline constexpr spark::Service<Mailer> mailer{"mailer"};

struct SendInvoice {
  int order = 0;
  static constexpr spark::JobOptions options{.queue = "billing"};
  void run(Mailer& mail) const { mail.sent.push_back(std::to_string(order)); }
};

inline void set_up(spark::Application& app) {
  app.jobs<SendInvoice>();
  app[mailer] = app.share([] { return Mailer(); });
}
inline void order_paid(spark::Application& app, int order) {
  app[spark::queue]->push(SendInvoice(order), {.delay = std::chrono::minutes(5)});
}
