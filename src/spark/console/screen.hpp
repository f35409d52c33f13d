#pragma once
// Screen: text on a terminal that is drawn again in its own place.
//
//   Screen screen(call.out);
//   screen.draw(table.text(call.style));
//
// What stood above it stays, and so does its last picture: no other screen, no hidden cursor, nothing to restore. Lines
// are cut where the terminal ends, and so is what is higher than it.

#include "spark/console/output.hpp"

#include <string_view>

namespace spark {

class Screen {
 public:
  explicit Screen(Output& out) : out_(out) {}
  void draw(std::string_view text);  // throws what Output::flush throws

 private:
  Output& out_;
  std::size_t lines_ = 0;  // of the picture that stands
};

}  // namespace spark
