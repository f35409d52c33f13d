// refused: the member 'kind' of a job must be `static constexpr std::string_view kind
#include <kue/queue.hpp>

struct Bad {
  static inline std::string_view kind = "bad";
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
