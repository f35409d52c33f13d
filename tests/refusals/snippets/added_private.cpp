// refused: the member 'added' of a struct that travels must be public and
#include <kue/queue.hpp>

#include <array>

class Bad {
  std::string locale_ = "en";
  static constexpr std::array added{"locale"};
  KUE_FIELDS(locale_)

 public:
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Bad()); }
