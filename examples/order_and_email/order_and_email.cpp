// An order and its e-mail: what belongs together is committed together.
//
//   order_and_email order --customer "John Doe"     a row in `orders` and a job, in one transaction
//   order_and_email queue:worker  sends the receipt; a row in `sent_emails` and the job's end, in one transaction
//
// docs/guide/transactions.md explains it.

#include "shop.hpp"

#include <kue/sqlite.hpp>
#include <spark/spark.hpp>

#include <cstdio>

static spark::Service<Shop> const shop{"shop"};

struct SendReceipt {
  std::int64_t order = 0;

  void run(spark::Context& ctx, Shop& its_shop) const {
    // The slow part comes first, without a transaction. The mail server takes an e-mail of the same
    // key only once.
    ctx.log().info("to {}: thank you for order {} (key {})", its_shop.customer_of(order), order, ctx.idempotency_key());

    kue::SqliteTransaction tx(its_shop.database());
    its_shop.note_email(order, ctx.idempotency_key());
    ctx.finish(tx);
    tx.commit();
  }
};

static int order(spark::Application& app, std::string const& customer) {
  Shop& its_shop = *app[shop];
  kue::SqliteTransaction tx(its_shop.database());
  std::int64_t const number = its_shop.add_order(customer);
  app[spark::queue]->push(tx, SendReceipt{number});
  tx.commit();
  std::printf("order %lld of %s\n", static_cast<long long>(number), customer.c_str());
  return 0;
}

int main(int argc, char** argv) {
  spark::Application app;
  app.jobs<SendReceipt>();
  app[shop] = app.share([&app] { return std::make_unique<Shop>(app[spark::store]->description()); });
  app.command("order", "places an order")
      .option("--customer NAME", "John Doe", "who orders")
      .run([&](spark::Args const& args) { return order(app, args.text("--customer")); });
  return app.run(argc, argv);
}
