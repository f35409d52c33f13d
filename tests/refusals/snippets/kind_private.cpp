// refused: the member 'kind' of a job must be `static constexpr std::string_view kind
#include <kue/queue.hpp>

class Bad {
  static constexpr std::string_view kind = "bad";

 public:
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
