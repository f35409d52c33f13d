#pragma once
// QueueChoice: which queues a worker takes jobs from: names in order of preference, or names with weights.
//
//   QueueChoice choice = parse_queue_choice({"mail:3", "default:1"});   // choice.weights == {3, 1}
//
// Throws kue::Error(invalid) with a sentence for a name or weight that is none, and for a list that mixes both ways.

#include <string>
#include <vector>

namespace spark {

struct QueueChoice {
  std::vector<std::string> names;
  std::vector<int> weights;  // one a name, or none at all
};

QueueChoice parse_queue_choice(std::vector<std::string> const& items);

}  // namespace spark
