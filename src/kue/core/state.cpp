#include <kue/state.hpp>

#include <algorithm>

namespace kue {
namespace {

using enum State;
using R = Reason;
using V = Verb;
constexpr std::nullopt_t kNothing = std::nullopt;

// The whole life of a job (DESIGN 4). Anything that is not a row here is refused by every store and found by the
// checker.
constexpr TransitionRule kTable[] = {
    {V::push, kNothing, available, R::pushed},
    {V::push, kNothing, scheduled, R::pushed},
    {V::push, kNothing, blocked, R::pushed},

    // scheduled and retryable become available inside the claim, when their time has come
    {V::claim, available, running, R::claimed},
    {V::claim, scheduled, running, R::claimed},
    {V::claim, retryable, running, R::claimed},

    {V::finish, running, completed, R::completed},
    {V::finish, running, retryable, R::error},
    {V::finish, running, retryable, R::timeout},
    {V::finish, running, discarded, R::exhausted},
    {V::finish, running, discarded, R::gave_up},
    {V::finish, running, discarded, R::corrupt},
    {V::finish, running, scheduled, R::snoozed},
    {V::finish, running, scheduled, R::unknown_kind},
    {V::finish, running, discarded, R::unknown_kind},
    {V::finish, running, cancelled, R::cancelled},

    {V::release, running, available, R::returned},
    {V::release, running, available, R::interrupted},
    {V::release, running, discarded, R::interrupted},
    {V::release, running, available, R::crashed},
    {V::release, running, available, R::oom},
    {V::release, running, available, R::hard_timeout},
    {V::release, running, discarded, R::hard_timeout},
    {V::release, running, discarded, R::poison},
    {V::release, running, available, R::lost_call},
    {V::release, running, available, R::store_restart},
    {V::release, running, available, R::node_lost},
    {V::release, running, discarded, R::node_lost},
    {V::release, running, cancelled, R::cancelled},  // asked to be cancelled while it ran: it does not wait again

    // a row that no longer reads as a job is put aside by the claim that meets it, so that it cannot block the queue
    {V::claim, available, discarded, R::corrupt},
    {V::claim, scheduled, discarded, R::corrupt},
    {V::claim, retryable, discarded, R::corrupt},

    {V::cancel, scheduled, cancelled, R::cancelled},
    {V::cancel, blocked, cancelled, R::cancelled},
    {V::cancel, available, cancelled, R::cancelled},
    {V::cancel, retryable, cancelled, R::cancelled},

    {V::retry, discarded, available, R::retried},
    {V::retry, cancelled, available, R::retried},

    {V::prune, completed, kNothing, R::pruned},
    {V::prune, discarded, kNothing, R::pruned},
    {V::prune, cancelled, kNothing, R::pruned},

    {V::remove, scheduled, kNothing, R::removed},
    {V::remove, blocked, kNothing, R::removed},
    {V::remove, available, kNothing, R::removed},
    {V::remove, retryable, kNothing, R::removed},
    {V::remove, completed, kNothing, R::removed},
    {V::remove, discarded, kNothing, R::removed},
    {V::remove, cancelled, kNothing, R::removed},
};

constexpr std::string_view kStates[] = {"scheduled", "blocked",   "available", "running",
                                        "retryable", "completed", "discarded", "cancelled"};
constexpr std::string_view kVerbs[] = {"push", "claim", "finish", "release", "cancel", "retry", "prune", "remove"};
constexpr std::string_view kReasons[] = {
    "pushed",  "claimed",      "completed",     "error",     "timeout",     "gave_up", "exhausted", "corrupt",
    "snoozed", "unknown_kind", "cancelled",     "returned",  "interrupted", "crashed", "oom",       "hard_timeout",
    "poison",  "lost_call",    "store_restart", "node_lost", "retried",     "pruned",  "removed"};

template <class Enum, std::size_t N>
std::optional<Enum> parse(std::string_view const (&names)[N], std::string_view text) {
  auto const found = std::find(std::begin(names), std::end(names), text);
  if (found == std::end(names)) return std::nullopt;
  return static_cast<Enum>(found - std::begin(names));
}

template <class Enum, std::size_t N> std::string_view name(std::string_view const (&names)[N], Enum value) {
  auto const index = static_cast<std::size_t>(value);
  return index < N ? names[index] : "unknown";
}

}  // namespace

std::string_view to_string(State state) { return name(kStates, state); }
std::string_view to_string(Verb verb) { return name(kVerbs, verb); }
std::string_view to_string(Reason reason) { return name(kReasons, reason); }
std::optional<State> parse_state(std::string_view text) { return parse<State>(kStates, text); }
std::optional<Verb> parse_verb(std::string_view text) { return parse<Verb>(kVerbs, text); }
std::optional<Reason> parse_reason(std::string_view text) { return parse<Reason>(kReasons, text); }

std::span<TransitionRule const> transition_table() { return kTable; }

bool allowed(Verb verb, std::optional<State> from, std::optional<State> to, Reason reason) {
  return std::any_of(std::begin(kTable), std::end(kTable), [&](TransitionRule const& rule) {
    return rule.verb == verb && rule.from == from && rule.to == to && rule.reason == reason;
  });
}

}  // namespace kue
