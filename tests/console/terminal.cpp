#include "terminal.hpp"

#include <poll.h>
#include <pty.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <stdexcept>

using namespace std::chrono_literals;

Terminal::Terminal(std::vector<std::string> const& words, Program::Options const& options, Size size) {
  std::vector<char*> argv;
  for (std::string const& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  winsize window{};
  window.ws_col = size.columns;
  window.ws_row = size.rows;
  pid_ = ::forkpty(&side_, nullptr, nullptr, &window);
  if (pid_ < 0) throw std::runtime_error("forkpty");
  if (pid_ > 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::chdir(options.directory.c_str()) != 0) ::_exit(126);
  ::setenv("TERM", "xterm", 1);
  ::unsetenv("NO_COLOR");
  for (auto const& [name, value] : options.environment) ::setenv(name.c_str(), value.c_str(), 1);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

Terminal::~Terminal() {
  if (code_ < 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(side_);
}

bool Terminal::take(std::chrono::milliseconds wait) {
  pollfd one{.fd = side_, .events = POLLIN, .revents = 0};
  if (::poll(&one, 1, static_cast<int>(wait.count())) <= 0) return true;
  std::array<char, 4096> buffer{};
  auto const got = ::read(side_, buffer.data(), buffer.size());
  if (got <= 0) return false;
  for (char const c : std::string_view(buffer.data(), static_cast<std::size_t>(got))) {
    if (c == '\n' && screen_.ends_with('\r'))
      screen_.back() = '\n';
    else
      screen_ += c;
  }
  return true;
}

bool Terminal::shows(std::string_view text, std::chrono::seconds patience) {
  auto const end = std::chrono::steady_clock::now() + patience;
  while (screen_.find(text) == std::string::npos) {
    if (!take(50ms) || std::chrono::steady_clock::now() > end) return screen_.find(text) != std::string::npos;
  }
  return true;
}

void Terminal::type(std::string_view text) const {
  if (::write(side_, text.data(), text.size()) < 0) throw std::runtime_error("the terminal takes no input");
}

int Terminal::wait(std::chrono::seconds patience) {
  auto const end = std::chrono::steady_clock::now() + patience;
  while (code_ < 0 && std::chrono::steady_clock::now() < end) {
    if (take(50ms)) continue;
    int status = 0;
    if (::waitpid(pid_, &status, 0) == pid_) code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return code_;
}
