// The program of transactions_test: places orders in transactions of its own, and works on them.
//
//   transactions_program place STORE FILE FIRST COUNT      an order, and a job for it, in one transaction each
//   transactions_program work STORE FILE [--sequential] -c N
//
// What an order's job does beside its work is in its number, so that each case happens in every
// run.

#include <kue/error.hpp>
#include <kue/open_queue.hpp>
#include <kue/registry.hpp>
#include <kue/sqlite.hpp>
#include <kue/worker.hpp>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <string>

namespace {

std::string database_file;

class Database {
 public:
  Database() {
    if (sqlite3_open(database_file.c_str(), &handle_) != SQLITE_OK)
      throw std::runtime_error("cannot open " + database_file);
    sqlite3_wal_autocheckpoint(handle_, 0);
  }
  ~Database() { sqlite3_close_v2(handle_); }
  Database(Database const&) = delete;
  Database& operator=(Database const&) = delete;
  operator sqlite3*() const { return handle_; }
  void run(std::string const& sql) {
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
      throw std::runtime_error(sql + ": " + sqlite3_errmsg(handle_));
  }

 private:
  sqlite3* handle_ = nullptr;
};

// A job may have been claimed and given back before, so that the claim's number does not tell.
bool never_ran(int order) {
  std::string const mark = database_file + "-ran-" + std::to_string(order);
  int const made = ::open(mark.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (made >= 0) ::close(made);
  return made >= 0;
}

// In which a kill from outside may come.
void a_moment(kue::Context const& ctx) { ::usleep(static_cast<useconds_t>(ctx.id().bytes()[15]) * 10); }

}  // namespace

namespace shop {

struct SendReceipt {
  static constexpr std::string_view kind = "SendReceipt";
  static constexpr kue::JobOptions options{.queue = "mail", .max_attempts = 3};
  static kue::Millis backoff(int) { return kue::Millis(20); }

  int order = 0;

  void run(kue::Context& ctx) const {
    Database database;
    bool const first = never_ran(order);
    int const what = order % 20;
    auto const die_at = [&](int point) {
      if (first && what == point) ::raise(SIGKILL);
    };
    auto const effect = [&] {
      database.run("INSERT INTO sent_emails (order_id, claim_no) VALUES (" + std::to_string(order) + ", " +
                   std::to_string(ctx.claim_no()) + ")");
    };
    if (first && what == 5) {  // a transaction that is rolled back, and a run that says it went well
      kue::SqliteTransaction tx(database);
      effect();
      ctx.finish(tx);
      return;
    }
    if (first && what == 6) {  // and one that goes on in a second transaction
      kue::SqliteTransaction tx(database);
      effect();
      ctx.finish(tx);
    }
    if (first && what == 9) {  // a transaction that nobody ends
      static Database leaked;
      auto* const tx = new kue::SqliteTransaction(leaked);
      leaked.run("INSERT INTO sent_emails (order_id, claim_no) VALUES (" + std::to_string(order) + ", 0)");
      ctx.finish(*tx);
      return;
    }
    if (what == 10) throw std::runtime_error("this order cannot be mailed");  // discarded in the end
    if (what == 11) {                                                         // no transaction at all
      sqlite3_busy_timeout(database, 10'000);
      effect();
      return;
    }
    die_at(0);
    kue::SqliteTransaction tx(database);
    effect();
    die_at(1);
    ctx.progress(50, "in the transaction");  // is refused, and costs no wait
    a_moment(ctx);
    ctx.finish(tx, order);
    a_moment(ctx);
    die_at(2);
    if (first && what == 7) throw std::runtime_error("after finish, before commit");
    if (what == 8) {
      try {
        ctx.finish(tx);
        throw std::runtime_error("finish twice went well");
      } catch (kue::Error const&) {}
    }
    if (what == 12) return database.run("COMMIT");
    tx.commit();
    a_moment(ctx);
    die_at(3);
    if (what == 4) throw std::runtime_error("after the commit");
  }
};

}  // namespace shop

namespace {

int place(std::string const& store, int first, int count) {
  Database database;
  auto const queue = kue::open_store_queue(store, {.migrate = false});
  for (int order = first; order < first + count; ++order) {
    kue::SqliteTransaction tx(database);
    database.run("INSERT INTO orders (id) VALUES (" + std::to_string(order) + ")");
    if (order % 7 == 0) continue;  // the customer thinks again
    queue->push(tx, shop::SendReceipt{order});
    if (order % 7 == 1) database.run("INSERT INTO thoughts (id) VALUES (" + std::to_string(order) + ")");
    tx.commit();
  }
  return 0;
}

int work(std::string const& store, bool sequential, int children) {
  kue::Registry registry;
  registry.add<shop::SendReceipt>();
  kue::WorkerOptions options;
  options.concurrency = children;
  options.respawn_delay = options.respawn_delay_max = kue::Millis(1);
  kue::WorkerParts parts;
  parts.queue = [store] { return kue::open_store_queue(store, {.migrate = false}); };
  if (sequential) return kue::SequentialWorker(registry, options).run(parts);
  return kue::PreforkingWorker(registry, options).run(parts);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) return 2;
  std::string const verb = argv[1], store = argv[2];
  database_file = argv[3];
  try {
    if (verb == "place") return place(store, std::stoi(argv[4]), std::stoi(argv[5]));
    bool const sequential = std::strcmp(argv[4], "--sequential") == 0;
    return work(store, sequential, sequential ? 1 : std::stoi(argv[5]));
  } catch (std::exception const& error) {
    std::fprintf(stderr, "transactions_program: %s\n", error.what());
    return 1;
  }
}
