#include "spark/console/preflight.hpp"

#include <kue/error.hpp>
#include <kue/store_queue.hpp>

#include "kue/base/open_descriptors.hpp"
#include "spark/application/place.hpp"
#include "spark/console/job_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace spark {
namespace {

std::string quoted(std::vector<std::string> const& names) {
  std::string text;
  for (std::string const& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// The child's answer: 'K' and what it found, or 'E', the kind of error as a letter, and the sentence.
std::string answer(Application& app) {
  try {
    kue::Queue& built = app.get(queue);
    kue::StoreQueue* const stored = store_queue_in(built);
    if (stored && !stored->store().capabilities().across_processes) {
      throw kue::Error(
          kue::ErrorKind::refused,
          fmt::format("the store {} lives in one process: children of a worker cannot see what is pushed into it; "
                      "use sqlite:PATH, or -c 0 to run jobs in this process",
                      stored->store().description()));
    }
    return std::string("K") + (built.capabilities().acknowledge ? '1' : '0') +
           (stored ? stored->store().description() : "");
  } catch (kue::Error const& error) {
    return std::string("E") + static_cast<char>('a' + static_cast<int>(error.kind())) + error.what();
  } catch (std::exception const& error) {
    return std::string("E") + static_cast<char>('a' + static_cast<int>(kue::ErrorKind::unavailable)) + error.what();
  }
}

[[noreturn]] void answer_and_leave(Application& app, int to, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a factory may hang, and must not outlive who waits for it
  if (::getppid() != parent) ::_exit(1);
  std::string const text = answer(app);
  std::string_view rest = text;
  while (!rest.empty()) {
    auto const written = ::write(to, rest.data(), rest.size());
    if (written < 0 && errno != EINTR) ::_exit(1);
    if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
  }
  ::_exit(0);  // the parent's objects are not ours to destroy
}

std::string read_all(int from) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    auto const got = ::read(from, buffer.data(), buffer.size());
    if (got == 0 || (got < 0 && errno != EINTR)) return text;
    if (got > 0) text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

void refuse_open_sqlite(Application& app) {
  auto const files = kue::open_sqlite_files();
  if (files.empty()) return;
  std::vector<std::string> holders, all;
  for (BuiltService const& service : app.built()) {
    std::string const name = service_text(service.name, service.where);
    all.push_back(name);
    bool const opened = std::any_of(files.begin(), files.end(), [&](kue::OpenFile const& file) {
      return std::find(service.descriptors.begin(), service.descriptors.end(), file.descriptor) !=
             service.descriptors.end();
    });
    if (opened) holders.push_back(name);
  }
  std::string const who = !holders.empty()
                              ? fmt::format("the service {} was used before the worker started", quoted(holders))
                          : !all.empty() ? fmt::format("services in use already: {}", quoted(all))
                                         : std::string("no service of this application opened it");
  throw kue::Error(
      kue::ErrorKind::refused,
      fmt::format(
          "queue:worker cannot fork while the SQLite file {} is open: {}. A child that closes it would drop "
          "the locks of this process, and rows would be lost. Use it only inside commands and jobs, or say -c 0",
          files.front().path, who));
}

QueueReport try_queue(Application& app) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    throw kue::Error(kue::ErrorKind::unavailable, fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  pid_t const parent = ::getpid();
  pid_t const child = ::fork();
  if (child < 0)
    throw kue::Error(kue::ErrorKind::unavailable, fmt::format("cannot start a process: {}", std::strerror(errno)));
  if (child == 0) {
    ::close(ends[0]);
    answer_and_leave(app, ends[1], parent);
  }
  ::close(ends[1]);
  std::string const text = read_all(ends[0]);
  ::close(ends[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  if (text.size() < 2) {
    std::string const named = service_text(queue.name, app.where(queue.name));
    throw kue::Error(kue::ErrorKind::unavailable,
                     WIFSIGNALED(status) ? fmt::format("building the service {} ended its process by signal {} ({})",
                                                       named, WTERMSIG(status), ::strsignal(WTERMSIG(status)))
                                         : fmt::format("building the service {} ended its process with exit code {}",
                                                       named, WEXITSTATUS(status)));
  }
  if (text[0] == 'E') throw kue::Error(static_cast<kue::ErrorKind>(text[1] - 'a'), text.substr(2));
  return {.where = text.substr(2), .acknowledges = text[1] == '1'};
}

}  // namespace spark
