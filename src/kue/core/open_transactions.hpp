#pragma once
// OpenTransactions: the program's own transactions that this thread has begun and not ended. Who is
// about to take a lock that one of them holds looks here first: it would wait for itself.

#include <kue/foreign.hpp>

#include <vector>

namespace kue {

struct OpenTransactions {
  struct One {
    Foreign::Kind kind;
    void* handle;
  };
  static std::vector<One> here();  // nothing of a parent process
  static bool any_here();
};

}  // namespace kue
