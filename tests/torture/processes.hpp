#pragma once
// Real processes: started, looked at through /proc, killed by pid, reaped.

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace torture {

using std::chrono::milliseconds;

std::vector<int> children_of(int pid);
std::vector<int> descendants_of(int pid);
std::string name_of(int pid);  // as ps shows it: up to 15 characters
bool alive(int pid);           // exists and is no zombie
bool freeze(int pid);          // SIGSTOP, and waits until it stands still; false: it is gone
void thaw(int pid);

// Looks again every few milliseconds until it is so or the time is over; says which.
bool wait_for(std::function<bool()> const& so, milliseconds limit);

// Children of this process, adopted orphans included: a master's children come to us when it is killed.
class Brood {
 public:
  Brood();  // makes this process the reaper of its descendants
  ~Brood() { end_all(); }

  void end_all();  // kills every descendant of this process that is left

  int spawn(std::vector<std::string> const& command, std::string const& log_file);  // in a process group of its own
  bool wait_exit(int pid, milliseconds limit);
  int status_of(int pid) const { return statuses_.at(pid); }
  std::vector<int> strays(int but_not) const;  // our living children except one

  void reap();

 private:
  std::map<int, int> statuses_;
};

}  // namespace torture
