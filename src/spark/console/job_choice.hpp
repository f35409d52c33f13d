#pragma once
// JobChoice: the options that choose jobs, the same in every command that works on many.
//
//   with_job_choice(Command("job:list", ...))   // where the command is declared
//   JobChoice const choice(call.args);
//   if (choice.given()) sweep(call, choice.filter, ...);

#include "spark/console/command.hpp"

#include <kue/store.hpp>

#include <string>
#include <vector>

namespace spark {

struct JobChoice {
  explicit JobChoice(Args const& args);

  bool given() const { return given_; }
  // For a list that came out empty: a queue or kind that nobody knows, and the nearest that is known; else nothing.
  std::string slip(Call const& call, kue::Store& jobs) const;

  kue::Filter filter;

 private:
  bool given_ = false;
};

Command with_job_choice(Command command);

std::vector<std::string> state_names();
std::vector<kue::State> parse_states(std::string_view option,
                                     std::vector<std::string> const& texts);  // names, also with commas
std::string words_of(kue::Filter const& filter);  // "discarded or cancelled jobs of queue mail with tag eu", printable

}  // namespace spark
