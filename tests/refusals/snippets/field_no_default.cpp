// refused: a job must be default-constructible
#include <kue/queue.hpp>

class Bad {
 public:
  explicit Bad(int n) : n_(n) {}
  void run() const {}

 private:
  int n_;
  KUE_FIELDS(n_)
};

void push(kue::Queue& queue) { queue.push(Bad(3)); }
