// refused: the member 'accepts_unknown_fields' of a struct that travels must be public and
#include <kue/queue.hpp>

#include <array>

struct Bad {
  std::string locale = "en";
  static inline bool accepts_unknown_fields = true;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
