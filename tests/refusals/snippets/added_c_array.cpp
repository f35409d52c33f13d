// refused: the member 'added' of a struct that travels must be public and
#include <kue/queue.hpp>

#include <array>

struct Bad {
  std::string locale = "en";
  static constexpr char const* added[] = {"locale"};
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
