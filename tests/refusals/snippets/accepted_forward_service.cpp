// accepted
#include <kue/queue.hpp>

class Mailer;  // pushing needs no more of a service than its name
struct Good {
  int order = 0;
  void run(Mailer& mailer) const;
};

void push(kue::Queue& queue) { queue.push(Good(3)); }
