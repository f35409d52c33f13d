// refused: 'added' lists a name that is not a field of this struct
#include <kue/queue.hpp>

#include <array>

struct Bad {
  std::string locale = "en";
  static constexpr std::array added{"locle"};
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
