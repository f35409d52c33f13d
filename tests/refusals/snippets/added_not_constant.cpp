// refused: the member 'added' of a struct that travels must be public and `static constexpr std::array added{"locale"}`
#include <kue/queue.hpp>

#include <array>

struct Bad {
  std::string locale = "en";
  static inline std::array added{"locale"};
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
