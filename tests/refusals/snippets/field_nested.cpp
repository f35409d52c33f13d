// refused: this type cannot travel; give it public fields, KUE_FIELDS(a_, b_), or specialise kue::Serde
#include <kue/queue.hpp>

class Part {
  int n = 0;

 public:
  int value() const { return n; }
};
struct Bad {
  std::vector<Part> parts;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
