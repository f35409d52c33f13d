// accepted
#include <kue/queue.hpp>

#include <array>

struct Stock {
  int added = 0;
  bool accepts_unknown_fields = false;
};
struct Good final {
  std::string to;
  std::string locale = "en";
  Stock stock;
  static constexpr std::array<std::string_view, 2> added{"locale", "stock"};
  static constexpr bool accepts_unknown_fields = true;
  void run() const {}
};

void push(kue::Queue& queue) { queue.push(Good()); }
