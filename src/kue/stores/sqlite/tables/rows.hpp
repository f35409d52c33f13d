#pragma once
// Rows: between columns and the structs of the contract.

#include "kue/stores/sqlite/file/statement.hpp"

#include <kue/store.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kue::sqlite {

// unfinished.place: where a job of this state is looked for (migrations/0001_tables.sql).
enum class Place : int { nowhere = 0, later = 1, claimable = 2, running = 3 };
Place place_of(State state);

// Tags stand between line feeds, so that instr() finds exactly one: "\nred\nblue\n".
std::optional<std::string> pack_tags(std::vector<std::string> const& tags);
std::vector<std::string> unpack_tags(std::string_view packed);
std::string pack_tag(std::string_view tag);

// "3:key5:value", so that any bytes can stand in it.
std::optional<std::string> pack_meta(std::map<std::string, std::string> const& meta);
std::optional<std::map<std::string, std::string>> unpack_meta(std::string_view packed);  // none: damaged

Envelope read_envelope(
    Use const& row,
    int first);  // id, kind, queue, args, schema, run_at, priority, max_attempts, timeout_ms, tags, meta
Tally read_tally(Use const& row,
                 int first);            // attempt, max_attempts, crashes, node_losses, interruptions, unknown_since
JobRecord read_record(Use const& row);  // of get.sql and query_*.sql
Attempt read_attempt(Use const& row);   // of attempts.sql

// Whether the columns of an envelope hold what was written: a damaged row is no job.
bool is_envelope(Use const& row, int first);

}  // namespace kue::sqlite
