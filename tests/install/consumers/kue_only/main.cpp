// A program of the queue library alone. It crosses the library's border in every way that can break there: an exception
// of ours is caught by its type, a service is found by its type, a job's result comes back from the file.

#include <kue/kue.hpp>
#include <kue/registry.hpp>
#include <kue/store_queue.hpp>
#include <kue/worker.hpp>

#include <cstdio>
#include <memory>
#include <string>

struct Mailer {
  int letters = 0;
};

struct Welcome {
  std::string name;
  std::string run(Mailer& mailer, kue::Logger& log) const {
    ++mailer.letters;
    log.info("Welcome {}!", name);
    return "welcomed " + name;
  }
};

struct Mine : kue::Services {
  Mailer mailer;
  void* find(std::type_info const& type) override { return type == typeid(Mailer) ? &mailer : nullptr; }
  bool has(std::type_info const& type) override { return type == typeid(Mailer); }
};

static bool error_is_caught() {
  try {
    (void)kue::open_store("nonsense:");
  } catch (kue::Error const& error) {
    return error.kind() == kue::ErrorKind::invalid;
  }
  return false;
}

int main() {
  if (!error_is_caught()) return std::puts("kue::Error was not caught as itself"), 1;
  std::shared_ptr<kue::StoreQueue> const queue = kue::open_store_queue("sqlite:jobs.db");
  kue::JobId const id = queue->push(Welcome("Ada"));

  kue::Registry registry;
  registry.add<Welcome>();
  auto const services = std::make_shared<Mine>();
  kue::SequentialWorker worker(registry, {.stop_when_empty = true});
  if (worker.run({.queue = [&] { return queue; }, .services = [&] { return services; }}) != 0) return 1;

  auto const record = queue->store().get(id);
  if (!record || record->state != kue::State::completed) return std::puts("the job is not completed"), 1;
  std::printf("%s, %d letter\n", record->result.c_str(), services->mailer.letters);
  return 0;
}
