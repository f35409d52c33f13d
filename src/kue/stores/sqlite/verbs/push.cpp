#include "kue/stores/sqlite/verbs/store.hpp"

namespace kue::sqlite {
namespace {

constexpr std::size_t kBytesAJob = 300;  // rows, indexes and a later result, without the arguments

struct Pushing : Group::Member {
  std::span<Envelope const> jobs;
  std::vector<PushStatus> statuses;
};

std::int64_t bytes_of(std::span<Envelope const> jobs) {
  std::size_t bytes = 0;
  for (Envelope const& job : jobs) {
    bytes += kBytesAJob + job.args.size();
    for (auto const& [key, value] : job.meta) bytes += key.size() + value.size();
  }
  return static_cast<std::int64_t>(bytes);
}

// The jobs of all, in the order of the members. Throws as soon as one row fails.
void add_all(Tables& tables, std::vector<Group::Member*> const& members) {
  std::vector<std::span<Envelope const>> lists;
  for (Group::Member* const member : members) lists.push_back(static_cast<Pushing*>(member)->jobs);
  std::vector<PushStatus> const statuses = tables.add(lists);
  auto next = statuses.begin();
  for (Group::Member* const member : members) {
    auto& pushing = *static_cast<Pushing*>(member);
    auto const end = next + static_cast<std::ptrdiff_t>(pushing.jobs.size());
    pushing.statuses.assign(next, end);
    next = end;
  }
}

}  // namespace

void SqliteStore::refuse_when_full(PushRequest const& request) { file_.refuse_when_full(bytes_of(request.jobs)); }

PushResult SqliteStore::push(PushRequest const& request) {
  if (request.jobs.empty()) return {};
  refuse_when_full(request);
  Pushing member;
  member.rows = request.jobs.size();
  member.jobs = request.jobs;
  file_.group().write(member);
  return {std::move(member.statuses)};
}

// As one first; if a row of one member does not fit, each by itself, so that it fails alone.
void SqliteStore::push_group(std::vector<Group::Member*> const& members) {
  write(Sync::none, [&](Tables& tables) {
    if (members.size() == 1) return add_all(tables, members), true;
    if (!tables.try_part([&] { add_all(tables, members); })) return true;
    for (Group::Member* const member : members) member->error = tables.try_part([&] { add_all(tables, {member}); });
    return true;
  });
}

}  // namespace kue::sqlite
