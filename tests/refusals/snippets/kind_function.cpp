// refused: the member 'kind' of a job must be `static constexpr std::string_view kind
#include <kue/queue.hpp>

struct Bad {
  static std::string_view kind() { return "bad"; }
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
