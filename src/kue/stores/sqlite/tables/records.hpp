#pragma once
// Records: jobs and events as somebody looks at them; what is old; what is wrong.

#include "kue/stores/sqlite/file/connection.hpp"
#include "kue/stores/sqlite/tables/tables.hpp"

#include <kue/store.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace kue::sqlite {

std::optional<JobRecord> get_record(Connection& db, JobId const& id);
QueryResult query_records(Connection& db, QueryRequest const& request);
EventsResult read_events(Connection& db, EventsRequest const& request);

// The final jobs of a queue, oldest first, of one class: completed and cancelled, or discarded. `most` -1: all. False
// from `take` ends it.
void each_old(Connection& db, std::string const& queue, bool discarded, TimePoint before, std::int64_t most,
              std::function<bool(Standing&&)> const& take);

// Sentences about what does not fit together, and what was looked at.
void check_records(Connection& db, CheckReport& report);

}  // namespace kue::sqlite
