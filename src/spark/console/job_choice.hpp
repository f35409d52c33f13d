#pragma once
// JobChoice: the options that choose jobs, the same in every command that works on many.
//
//   JobChoice const choice(call.args);        // before args.done()
//   if (choice.given()) sweep(call, choice.filter, ...);

#include "spark/console/command.hpp"

#include <kue/store.hpp>

#include <string>
#include <vector>

namespace spark {

struct JobChoice {
  explicit JobChoice(Args& args);

  bool given() const { return given_; }
  // For a list that came out empty: a queue or kind that nobody knows, and the nearest that is known; else nothing.
  std::string slip(Call const& call, kue::Store& jobs) const;

  kue::Filter filter;

 private:
  bool given_ = false;
};

std::vector<kue::State> parse_states(std::string_view option,
                                     std::vector<std::string> const& texts);  // names, also with commas
std::string words_of(kue::Filter const& filter);  // "discarded or cancelled jobs of queue mail with tag eu", printable

}  // namespace spark
