// refused: kind must be 1 to 128 characters
#include <kue/queue.hpp>

struct Bad {
  static constexpr std::string_view kind = "bad/job";
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
