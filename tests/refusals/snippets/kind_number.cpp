// refused: the member 'kind' of a job must be `static constexpr std::string_view kind
#include <kue/queue.hpp>

struct Bad {
  static constexpr int kind = 3;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
