// refused: the member 'added' of a struct that travels must be public and
#include <kue/queue.hpp>

#include <array>

struct Bad {
  std::string locale = "en";
  static constexpr std::array added{1};
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
