#pragma once
// Commands: random numbers that become calls of a store. The same command on two stores is the same call.

#include <kue/store.hpp>
#include <kue/testing/fake_clock.hpp>

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

namespace model {

inline constexpr std::uint8_t kVerbs = 26;  // values of Command::verb; common calls have several

struct Command {
  std::uint8_t verb = 0;
  std::uint32_t a = 0, b = 0, c = 0;  // what they mean depends on the verb
};
std::ostream& operator<<(std::ostream& out, Command const& command);

// What the test knows without asking: which ids were ever pushed, and which of them a claim gave out to whom.
class World {
 public:
  explicit World(kue::testing::FakeClock& clock) : clock_(clock) {}

  // Does one command to both stores; the answers in words, to be compared. Time passes between commands, not inside.
  struct Answers {
    std::string call, first, second;
  };
  Answers run(Command const& command, kue::Store& first, kue::Store& second);

 private:
  Answers push(Command const& command, kue::Store& first, kue::Store& second);
  Answers claim(Command const& command, kue::Store& first, kue::Store& second);
  Answers write(kue::Verb verb, Command const& command, kue::Store& first, kue::Store& second);
  Answers progress(Command const& command, kue::Store& first, kue::Store& second);
  Answers nodes(Command const& command, kue::Store& first, kue::Store& second);
  Answers prune(Command const& command, kue::Store& first, kue::Store& second);
  Answers events(kue::Store& first, kue::Store& second);
  Answers query(Command const& command, kue::Store& first, kue::Store& second);

  kue::JobId any_id(std::uint32_t number) const;
  kue::Claim some_claim(std::uint32_t number, kue::Tally& tally) const;
  kue::Finish finish(kue::Verb verb, std::uint32_t number);

  kue::testing::FakeClock& clock_;
  std::uint64_t first_epoch_ = 0, second_epoch_ = 0;
  std::string first_cursor_, second_cursor_;  // of the events read so far
  std::vector<kue::JobId> pushed_;
  struct Held {
    kue::Claim claim;
    kue::Tally tally;
  };
  std::vector<Held> held_;  // claimed once; perhaps over by now
};

}  // namespace model
