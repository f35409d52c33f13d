#pragma once
// Output: standard output of a command.
//
//   out.line("3 jobs");
//
// Collected and written with write(2) at the end of the command, so that an error leaves no half table behind.

#include <string>
#include <string_view>

namespace spark {

// The reader went away (`| head`): thrown by flush(), and no error of ours.
struct ReaderGone {};

class Output {
 public:
  void text(std::string_view part) { text_ += part; }
  void line(std::string_view whole) { (text_ += whole) += '\n'; }
  void discard() { text_.clear(); }
  void flush();  // throws ReaderGone, or kue::Error(full or unavailable) if it cannot be written

 private:
  std::string text_;
};

}  // namespace spark
