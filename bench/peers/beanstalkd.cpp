// beanstalkd, by a client of our own: beanstalkd_peer memory|binlog|fsync WORK FOLDER JOBS
// Starts a server on a free port (a binlog in FOLDER unless `memory`), and prints one number, or two for latency (p50
// p99 in ms).
// Works: enqueue_1x1, enqueue_bulk (1,000 pipelined), drain (two processes, 100 pipelined), latency.

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

[[noreturn]] void stop(char const* why) {
  std::fprintf(stderr, "beanstalkd_peer: %s\n", why);
  std::_Exit(1);
}

std::int64_t now_ns() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

sockaddr_in address(int port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(static_cast<std::uint16_t>(port));
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return at;
}

int free_port() {
  int const socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at = address(0);
  socklen_t size = sizeof at;
  if (::bind(socket, reinterpret_cast<sockaddr*>(&at), size) != 0 ||
      ::getsockname(socket, reinterpret_cast<sockaddr*>(&at), &size) != 0)
    stop("no free port");
  ::close(socket);
  return ntohs(at.sin_port);
}

class Client {
 public:
  explicit Client(int port) {
    for (int i = 0; i < 500; ++i) {
      socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      sockaddr_in const at = address(port);
      if (::connect(socket_, reinterpret_cast<sockaddr const*>(&at), sizeof at) == 0) {
        int const one = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        return;
      }
      ::close(socket_);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    stop("the server does not answer");
  }
  ~Client() { ::close(socket_); }
  Client(Client const&) = delete;

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      ssize_t const sent = ::write(socket_, bytes.data(), bytes.size());
      if (sent <= 0) stop("the server is gone");
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  std::string line() {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n", at_)) == std::string::npos) fill();
    std::string text = buffer_.substr(at_, end - at_);
    at_ = end + 2;
    return text;
  }
  std::string body(std::size_t size) {
    while (buffer_.size() - at_ < size + 2) fill();
    std::string text = buffer_.substr(at_, size);
    at_ += size + 2;
    return text;
  }

 private:
  void fill() {
    buffer_.erase(0, at_);
    at_ = 0;
    char some[65536];
    ssize_t const got = ::read(socket_, some, sizeof some);
    if (got <= 0) stop("the server is gone");
    buffer_.append(some, static_cast<std::size_t>(got));
  }
  int socket_ = -1;
  std::string buffer_;
  std::size_t at_ = 0;
};

std::string put(std::int64_t number) {
  std::string const args = R"({"number":)" + std::to_string(number) +
                           R"(,"ms":0,"filler":"text, as long as an address or the name of a file in a folder"})";
  return "put 0 0 3600 " + std::to_string(args.size()) + "\r\n" + args + "\r\n";
}

double enqueue(int port, std::int64_t jobs, std::int64_t each) {
  Client client(port);
  std::int64_t const began = now_ns();
  for (std::int64_t at = 0; at < jobs; at += each) {
    std::string commands;
    std::int64_t const until = std::min(jobs, at + each);
    for (std::int64_t number = at; number < until; ++number) commands += put(number);
    client.send(commands);
    for (std::int64_t number = at; number < until; ++number) {
      if (!client.line().starts_with("INSERTED")) stop("a put was refused");
    }
  }
  return static_cast<double>(jobs) * 1e9 / static_cast<double>(now_ns() - began);
}

struct Shared {
  std::atomic<std::int64_t> done, first, last;
  std::atomic<std::uint8_t> runs[1];
};

template <class T> T* shared_memory(std::size_t bytes) {
  void* const at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) stop("no memory");
  return static_cast<T*>(at);
}

std::int64_t number_in(std::string const& body) { return std::atoll(body.c_str() + std::strlen(R"({"number":)")); }

struct Job {
  std::string id, body;
};

Job reserved(Client& client) {
  std::string const head = client.line();  // RESERVED id bytes
  if (!head.starts_with("RESERVED ")) return {};
  std::size_t const gap = head.find(' ', 9);
  return {head.substr(9, gap - 9), client.body(std::strtoull(head.c_str() + gap, nullptr, 10))};
}

void run_jobs(int port, Shared& shared, std::int64_t jobs) {
  Client client(port);
  while (shared.done.load() < jobs) {
    std::string ask, deletes;
    for (int i = 0; i < 100; ++i) ask += "reserve-with-timeout 0\r\n";
    client.send(ask);
    int got = 0;
    for (int i = 0; i < 100; ++i) {
      Job const job = reserved(client);
      if (job.id.empty()) continue;
      std::int64_t none = 0;
      shared.first.compare_exchange_strong(none, now_ns());
      ++shared.runs[number_in(job.body)];
      deletes += "delete " + job.id + "\r\n";
      ++got;
    }
    if (got == 0) continue;
    client.send(deletes);
    for (int i = 0; i < got; ++i) {
      if (client.line() != "DELETED") stop("a delete was refused");
    }
    shared.last.store(now_ns());
    shared.done.fetch_add(got);
  }
}

template <class Part> pid_t in_a_process(Part const& part) {
  pid_t const pid = ::fork();
  if (pid != 0) return pid;
  part();
  std::_Exit(0);
}

void wait_for(pid_t pid) {
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid || status != 0) stop("a process failed");
}

double drain(int port, std::int64_t jobs) {
  wait_for(in_a_process([&] { enqueue(port, jobs, 1000); }));
  auto* const shared = shared_memory<Shared>(sizeof(Shared) + static_cast<std::size_t>(jobs));
  pid_t const one = in_a_process([&] { run_jobs(port, *shared, jobs); });
  pid_t const two = in_a_process([&] { run_jobs(port, *shared, jobs); });
  wait_for(one);
  wait_for(two);
  for (std::int64_t i = 0; i < jobs; ++i) {
    if (shared->runs[i].load() != 1) stop("a job did not run exactly once");
  }
  return static_cast<double>(jobs) * 1e9 / static_cast<double>(shared->last - shared->first);
}

void latency(int port, std::int64_t jobs) {
  auto* const times =
      shared_memory<std::atomic<std::int64_t>>(sizeof(std::int64_t) * 2 * static_cast<std::size_t>(jobs));
  pid_t const worker = in_a_process([&] {
    Client client(port);
    for (std::int64_t i = 0; i < jobs; ++i) {
      client.send("reserve\r\n");
      Job const job = reserved(client);
      times[2 * number_in(job.body) + 1] = now_ns();
      client.send("delete " + job.id + "\r\n");
      if (client.line() != "DELETED") stop("a delete was refused");
    }
  });
  wait_for(in_a_process([&] {
    Client client(port);
    std::mt19937 random(7);
    std::uniform_int_distribution<int> gap(5, 40);
    for (std::int64_t i = 0; i < jobs; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(gap(random)));
      std::string const command = put(i);
      times[2 * i] = now_ns();
      client.send(command);
      if (!client.line().starts_with("INSERTED")) stop("a put was refused");
    }
  }));
  wait_for(worker);
  std::vector<std::int64_t> all;
  for (std::int64_t i = 0; i < jobs; ++i) all.push_back(times[2 * i + 1] - times[2 * i]);
  std::sort(all.begin(), all.end());
  std::printf("%.4f %.4f\n", static_cast<double>(all[all.size() / 2]) / 1e6,
              static_cast<double>(all[all.size() * 99 / 100]) / 1e6);
}

pid_t start_server(std::string const& mode, std::string const& folder, int port) {
  if (mode != "memory") std::filesystem::create_directory(folder);
  std::string const number = std::to_string(port);
  return in_a_process([&] {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (mode == "memory") ::execlp("beanstalkd", "beanstalkd", "-l", "127.0.0.1", "-p", number.c_str(), nullptr);
    if (mode == "binlog")
      ::execlp("beanstalkd", "beanstalkd", "-l", "127.0.0.1", "-p", number.c_str(), "-b", folder.c_str(), "-F",
               nullptr);
    if (mode == "fsync")
      ::execlp("beanstalkd", "beanstalkd", "-l", "127.0.0.1", "-p", number.c_str(), "-b", folder.c_str(), "-f", "0",
               nullptr);
    stop("cannot run beanstalkd");
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: beanstalkd_peer memory|binlog|fsync enqueue_1x1|enqueue_bulk|drain|latency FOLDER JOBS\n",
               stderr);
    return 2;
  }
  std::string const mode = argv[1], work = argv[2], folder = argv[3];
  std::int64_t const jobs = std::atoll(argv[4]);
  int const port = free_port();
  pid_t const server = start_server(mode, folder, port);
  if (work == "latency")
    latency(port, jobs);
  else
    std::printf("%.1f\n", work == "drain" ? drain(port, jobs) : enqueue(port, jobs, work == "enqueue_bulk" ? 1000 : 1));
  std::fflush(stdout);
  ::kill(server, SIGTERM);
  ::waitpid(server, nullptr, 0);
  if (mode != "memory") std::filesystem::remove_all(folder);
  return 0;
}
