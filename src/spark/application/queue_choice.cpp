#include "spark/application/queue_choice.hpp"

#include <kue/envelope.hpp>
#include <kue/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace spark {
namespace {

[[noreturn]] void refuse(std::string const& text) { throw kue::Error(kue::ErrorKind::invalid, text); }

int parse_weight(std::string_view name, std::string_view text) {
  int weight = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), weight);
  if (error == std::errc() && end == text.data() + text.size() && weight >= 1 && weight <= kue::limits::kMaxQueueWeight)
    return weight;
  refuse(fmt::format("the weight of queue '{}' must be a whole number from 1 to {}, not '{}'", name,
                     kue::limits::kMaxQueueWeight, text));
}

}  // namespace

QueueChoice parse_queue_choice(std::vector<std::string> const& items) {
  QueueChoice choice;
  std::string without;  // a weight
  for (std::string const& item : items) {
    auto const colon = item.find(':');
    std::string const name = item.substr(0, colon);
    if (!kue::valid_name(name)) refuse(fmt::format("'{}' is not the name of a queue", name));
    if (std::find(choice.names.begin(), choice.names.end(), name) != choice.names.end())
      refuse(fmt::format("queue '{}' is named twice", name));
    choice.names.push_back(name);
    if (colon == item.npos)
      without = name;
    else
      choice.weights.push_back(parse_weight(name, std::string_view(item).substr(colon + 1)));
  }
  if (!choice.weights.empty() && !without.empty()) {
    refuse(fmt::format("queue '{}' has no weight and others have: give every queue one (mail:3,default:1), or none to "
                       "serve them strictly "
                       "in the order of the list",
                       without));
  }
  return choice;
}

}  // namespace spark
