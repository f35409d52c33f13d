// refused: 'added' lists a name that is not a field of this struct
#include <kue/queue.hpp>

#include <array>

struct Address {
  std::string street;
  static constexpr std::array added{"country"};
};
struct Bad {
  Address address;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
