#pragma once
// seconds: a duration as messages and log lines show it, with {:.3f}.

#include <kue/clock.hpp>

#include <string>

namespace kue {

// The same as text, for a line that is written for each job: no arithmetic of fractions.
inline std::string seconds_text(Millis duration) {
  auto const count = duration.count();
  if (count < 0) return "0.000";
  auto const millis = static_cast<int>(count % 1000);
  std::string text = std::to_string(count / 1000) + '.';
  for (int const digit : {millis / 100, millis / 10 % 10, millis % 10}) text += static_cast<char>('0' + digit);
  return text;
}

inline double seconds(Millis duration) { return static_cast<double>(duration.count()) / 1000; }

}  // namespace kue
