// accepted
#include <kue/queue.hpp>

template <class T> struct Good {
  T value{};
  static constexpr std::string_view kind = "good";
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Good<int>(3)); }
