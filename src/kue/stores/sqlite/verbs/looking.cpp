// Looking changes nothing: get, query, head, counts, events.

#include "kue/stores/sqlite/tables/queues.hpp"
#include "kue/stores/sqlite/tables/records.hpp"
#include "kue/stores/sqlite/verbs/store.hpp"

namespace kue::sqlite {

std::optional<JobRecord> SqliteStore::get(JobId id) {
  return file_.look([&](Connection& db) { return get_record(db, id); });
}

QueryResult SqliteStore::query(QueryRequest const& request) {
  return file_.look([&](Connection& db) { return query_records(db, request); });
}

HeadResult SqliteStore::head(HeadRequest const& request) {
  TimePoint const time = now();
  return file_.look([&](Connection& db) { return head_of(db, request.queue, time); });
}

std::vector<QueueCounts> SqliteStore::counts() {
  return file_.look([](Connection& db) { return all_counts(db); });
}

EventsResult SqliteStore::events(EventsRequest const& request) {
  return file_.look([&](Connection& db) { return read_events(db, request); });
}

}  // namespace kue::sqlite
