// refused: a job with constructors or private members must name its fields: KUE_FIELDS
#include <kue/queue.hpp>

struct Bad {
  int shown = 0;

 private:
  int hidden = 0;

 public:
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
