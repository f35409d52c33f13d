#include "producer.hpp"

#include <kue/open_queue.hpp>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <stdexcept>
#include <thread>

namespace {

kue::Envelope one_job() {
  kue::Envelope job;
  job.id = kue::JobId::make();
  job.kind = "SendInvoice";
  job.args = R"({"order":7,"email":"somebody@example.org","lines":[1,2,3]})";
  return job;
}

bool told_to_stop(int from) {
  pollfd one{.fd = from, .events = POLLIN, .revents = 0};
  return ::poll(&one, 1, 0) > 0;
}

[[noreturn]] void produce(std::string const& file, Microseconds pause, int from, int to) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  try {
    auto const store = kue::open_store("sqlite:" + file);
    std::vector<std::int64_t> us;
    while (!told_to_stop(from)) {
      kue::Envelope const job = one_job();
      auto const began = std::chrono::steady_clock::now();
      store->push({.jobs = {&job, 1}});
      us.push_back(std::chrono::duration_cast<Microseconds>(std::chrono::steady_clock::now() - began).count());
      if (pause.count() > 0) std::this_thread::sleep_for(pause);
    }
    std::string_view rest(reinterpret_cast<char const*>(us.data()), us.size() * sizeof us[0]);
    while (!rest.empty()) {
      auto const written = ::write(to, rest.data(), rest.size());
      if (written <= 0) ::_exit(1);
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
    ::_exit(0);
  } catch (std::exception const&) {
    ::_exit(1);
  }
}

}  // namespace

Producer::Producer(std::string file, Microseconds pause) : file_(std::move(file)) {
  int commands[2], answers[2];
  if (::pipe(commands) != 0 || ::pipe(answers) != 0) throw std::runtime_error("pipe");
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork");
  if (pid_ == 0) {
    ::close(commands[1]);
    ::close(answers[0]);
    produce(file_, pause, commands[0], answers[1]);
  }
  ::close(commands[0]);
  ::close(answers[1]);
  commands_ = commands[1];
  answers_ = answers[0];
}

Producer::~Producer() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(commands_);
  ::close(answers_);
}

Latencies Producer::stop() {
  if (::write(commands_, "x", 1) != 1) throw std::runtime_error("the producer is gone");
  std::vector<char> bytes;
  char buffer[65536];
  for (;;) {
    auto const got = ::read(answers_, buffer, sizeof buffer);
    if (got <= 0) break;
    bytes.insert(bytes.end(), buffer, buffer + got);
  }
  int status = 0;
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  if (status != 0) throw std::runtime_error("the producer failed");
  Latencies result;
  auto const* const numbers = reinterpret_cast<std::int64_t const*>(bytes.data());
  result.us.assign(numbers, numbers + bytes.size() / sizeof(std::int64_t));
  std::sort(result.us.begin(), result.us.end());
  return result;
}

void fill(std::string const& file, int number) {
  auto const store = kue::open_store("sqlite:" + file, {.durability = kue::Durability::process});
  for (int done = 0; done < number; done += 1000) {
    std::vector<kue::Envelope> jobs;
    std::vector<kue::JobId> ids;
    for (int i = 0; i < 1000; ++i) ids.push_back(jobs.emplace_back(one_job()).id);
    store->push({.jobs = jobs});
    store->cancel({.ids = ids});
  }
}
