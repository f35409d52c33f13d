#include "spark/console/queue_names.hpp"

#include <kue/error.hpp>

#include "spark/application/suggest.hpp"

#include <fmt/format.h>

namespace spark {

kue::QueueCounts known_queue(kue::Store& jobs, std::string const& name, std::string_view hint) {
  if (!kue::valid_name(name))
    throw kue::Error(kue::ErrorKind::invalid, fmt::format("'{}' is not the name of a queue", name));
  std::vector<std::string> known;
  for (kue::QueueCounts const& counts : jobs.counts()) {
    if (counts.queue == name) return counts;
    known.push_back(counts.queue);
  }
  std::string text = fmt::format("no job was ever pushed to a queue '{}' here{}", name, did_you_mean(name, known));
  if (!hint.empty())
    text += fmt::format("\nhint: {}", hint);
  else if (!known.empty())
    text += "\nhint: queue:list shows the queues that there are";
  throw kue::Error(kue::ErrorKind::not_found, text);
}

}  // namespace spark
