#pragma once
// Job records as JSON, the same shape in every command (docs/guide/commands.md).

#include <kue/json.hpp>
#include <kue/record.hpp>

#include <string>
#include <string_view>

namespace spark {

// `attempt` is kue::attempt_number, `attempted_at` is began_at of the same record.
void write_record(kue::Writer& writer, kue::JobRecord const& record, bool with_errors);
// Arguments and results are JSON already; if stored bytes are not, they become a string.
void write_json_or_text(kue::Writer& writer, std::string_view stored);
std::string attempt_text(kue::JobRecord const& record);  // "2/25": which attempt, of how many

}  // namespace spark
