// accepted
#include <kue/queue.hpp>

class Good {
  int order_ = 0;
  KUE_FIELDS(order_)

 public:
  Good() = default;
  explicit Good(int order) : order_(order) {}
  void run() {}
};

void push(kue::Queue& queue) { queue.push(Good(7)); }
