#include "program.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace fs = std::filesystem;
using namespace std::chrono_literals;

Folder::Folder() {
  std::string name = (fs::temp_directory_path() / "spark-test-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error("mkdtemp");
  path_ = fs::canonical(name);
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string Folder::path(std::string_view name) const { return (name.empty() ? path_ : path_ / name).string(); }

void Folder::write(std::string_view name, std::string_view text) const {
  std::ofstream(path(name), std::ios::binary) << text;
}

static std::string read_file(std::string const& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

static void redirect(std::string const& path, int to) {
  int const fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  if (fd < 0 || ::dup2(fd, to) < 0) ::_exit(126);
  ::close(fd);
}

Program::Program(std::vector<std::string> const& words, Options const& options) {
  std::vector<char*> argv;
  for (std::string const& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  std::string const out = options.output.empty() ? folder_.path("out") : options.output, err = folder_.path("err");
  pid_t const parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork");
  if (pid_ > 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent || ::chdir(options.directory.c_str()) != 0) ::_exit(126);
  redirect(out, STDOUT_FILENO);
  redirect(err, STDERR_FILENO);
  if (options.closed_pipe >= 0) {
    int ends[2];
    if (::pipe(ends) != 0 || ::dup2(ends[1], options.closed_pipe) < 0) ::_exit(126);
    ::close(ends[0]);
    ::close(ends[1]);
  }
  for (auto const& [name, value] : options.environment) ::setenv(name.c_str(), value.c_str(), 1);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

Program::~Program() {
  if (code_ >= 0) return;
  send(SIGTERM);  // a worker takes its children with it
  if (wait(5s) >= 0) return;
  send(SIGKILL);
  (void)reap(true);
}

bool Program::reap(bool block) {
  if (code_ >= 0) return true;
  int status = 0;
  if (::waitpid(pid_, &status, block ? 0 : WNOHANG) != pid_) return false;
  code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return true;
}

bool Program::says(std::string_view text, std::chrono::seconds patience) {
  auto const end = std::chrono::steady_clock::now() + patience;
  for (;;) {
    bool const ended = reap(false);  // before looking, so that last words count
    if (err().find(text) != std::string::npos || out().find(text) != std::string::npos) return true;
    if (ended || std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(10ms);
  }
}

int Program::wait(std::chrono::seconds patience) {
  auto const end = std::chrono::steady_clock::now() + patience;
  while (!reap(false) && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(5ms);
  return code_;
}

void Program::send(int signal) const { ::kill(pid_, signal); }

int Program::stop(int signal) {
  if (code_ < 0) send(signal);
  return wait();
}

std::string Program::out() const { return read_file(folder_.path("out")); }
std::string Program::err() const { return read_file(folder_.path("err")); }

Ran run(std::vector<std::string> const& words, Program::Options const& options) {
  Program program(words, options);
  int const code = program.wait();
  return {code, program.out(), program.err()};
}
