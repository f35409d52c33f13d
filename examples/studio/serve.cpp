#include "commands.hpp"
#include "controller.hpp"
#include "gallery.hpp"
#include "http_server.hpp"

#include <kue/store.hpp>

#include <fmt/format.h>

#include <unistd.h>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <thread>

namespace studio {
namespace {

// TERM and INT, blocked in every thread that starts from here on, so that they are waited for and interrupt nobody.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, &before_);
  }
  ~StopSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  void wait() const {
    int signal = 0;
    sigwait(&set_, &signal);
  }

 private:
  sigset_t set_{};
  sigset_t before_{};
};

// A word of a command, for a shell.
std::string quoted(std::string const& word) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string text = "'";
  for (char const c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

// What starts a worker for this store and these pictures, from any folder.
std::string worker_command(Library const& pictures, kue::Store const& store) {
  return fmt::format("{} queue:worker -c 4 --store {} --data {}",
                     quoted(std::filesystem::read_symlink("/proc/self/exe").string()), quoted(store.description()),
                     quoted(pictures.folder().string()));
}

void announce(int port, Library const& pictures, kue::Store const& store, std::string const& worker) {
  fmt::print("Studio    http://127.0.0.1:{}/\n"
             "Pictures  {}\n"
             "Store     {}\n"
             "Worker    {}\n",
             port, pictures.folder().string(), store.description(), worker);
  std::fflush(stdout);
}

}  // namespace

int serve(spark::Application& app, int wanted) {
  kue::set_log_role("server");

  StopSignals const signals;
  Library& pictures = app.get(picture_library);
  kue::Store& store = app.get(spark::store);
  kue::Queue& queue = app.get(spark::queue);
  pictures.clear_leftovers();
  if (int const late = push_forgotten(pictures, queue))
    app.log().info("pushed the jobs of {} picture(s) that an earlier server could not", late);

  std::string const worker = worker_command(pictures, store);
  Gallery gallery(pictures, queue, store, app.log(), worker);
  Controller controller(pictures, queue, gallery, app.log());
  HttpServer server(controller, gallery);
  announce(server.bind(wanted), pictures, store, worker);

  std::atomic<bool> stopping{false};
  std::thread listener([&] {
    server.listen();
    if (!stopping) ::kill(::getpid(), SIGTERM);  // it ended by itself: the wait below must end too
  });
  signals.wait();
  stopping = true;
  gallery.close();  // first: viewers hold threads that stop() joins
  server.stop();
  listener.join();
  return 0;
}

}  // namespace studio
