#include "running_studio.hpp"

#include "durable_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <thread>

namespace studio::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

void redirect(std::string const& path, int to) {
  int const file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(file, to);
  ::close(file);
}

std::string text_of(fs::path const& path) {
  if (!fs::exists(path)) return {};
  auto const bytes = read_file(path);
  return {bytes.begin(), bytes.end()};
}

}  // namespace

Process::Process(std::vector<std::string> command, fs::path out) : out_(std::move(out)) {
  std::vector<char*> words;
  for (std::string& word : command) words.push_back(word.data());
  words.push_back(nullptr);
  std::string const output = out_.string();
  std::string const errors = output + ".err";
  pid_ = ::fork();
  if (pid_ == 0) {  // only async-signal-safe calls from here on
    redirect(output, STDOUT_FILENO);
    redirect(errors, STDERR_FILENO);
    ::execv(words[0], words.data());
    ::_exit(127);
  }
}

Process::~Process() { end(); }

int Process::end() {
  if (pid_ <= 0) return exit_;
  ::kill(pid_, SIGTERM);
  return wait(20s);
}

int Process::wait(std::chrono::seconds most) {
  auto const until = std::chrono::steady_clock::now() + most;
  int status = 0;
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > until) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, &status, 0);
      pid_ = -1;
      return exit_ = -1;
    }
    std::this_thread::sleep_for(5ms);
  }
  pid_ = -1;
  return exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

std::string Process::output() const { return text_of(out_); }
std::string Process::errors() const { return text_of(out_.string() + ".err"); }

RunningStudio::RunningStudio() {
  std::string name = (fs::temp_directory_path() / "studio-test.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
  folder_ = name;
  start_server();
}

RunningStudio::~RunningStudio() {
  for (auto* process : {&worker, &server}) {
    if (!*process || (*process)->pid() <= 0) continue;
    EXPECT_EQ((*process)->end(), 0) << (*process)->errors();
  }
  fs::remove_all(folder_);
}

std::vector<std::string> RunningStudio::command(std::vector<std::string> const& words) const {
  std::vector<std::string> command{"/usr/bin/env", "SPARK_STORE_URL=sqlite:" + (folder_ / "spark.db").string(),
                                   STUDIO_PROGRAM};
  command.insert(command.end(), words.begin(), words.end());
  command.insert(command.end(), {"--data", data().string()});
  return command;
}

void RunningStudio::start_server() {
  fs::remove(folder_ / "server");
  server = std::make_unique<Process>(command({"server", "--port", "0"}), folder_ / "server");
  constexpr std::string_view kAddress = "http://127.0.0.1:";
  for (int i = 0; i < 2000; ++i) {  // 20 s: the first line is the address
    std::string const said = server->output();
    auto const at = said.find(kAddress);
    if (at != std::string::npos && said.find('\n') != std::string::npos) {
      port_ = std::atoi(said.c_str() + at + kAddress.size());
      return;
    }
    std::this_thread::sleep_for(10ms);
  }
  throw std::runtime_error("the server did not say its address: " + server->output() + server->errors());
}

void RunningStudio::start_worker() {
  worker = std::make_unique<Process>(command({"queue:worker", "-c", "4"}), folder_ / "worker");
}

}  // namespace studio::test
