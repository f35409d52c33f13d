#pragma once
// The parts of running a job that know no type; src/kue/core/run_support.cpp. Those that speak of "the exception" are
// called in a catch block. None of them throws, except where the name says so.

#include <kue/context.hpp>
#include <kue/json.hpp>
#include <kue/outcome.hpp>
#include <kue/services.hpp>

#include <string>
#include <string_view>
#include <typeinfo>
#include <vector>

namespace kue::detail {

Outcome corrupt_arguments(std::string_view kind, std::vector<std::string> const& problems);
Outcome corrupt_by_validate(std::string_view kind);
[[noreturn]] void throw_invalid_arguments(std::string_view kind, Outcome const& corrupt);

// Throws what find() throws, and Error(not_found) if there is no such service.
void* find_service(Services& services, std::type_info const& type, std::string_view name);

Outcome outcome_of_exception(Context& context);
Outcome checked_outcome(Outcome outcome);  // of what run() returned or threw
Outcome outcome_of_result(Writer& result);
void log_failed_threw(Context& context);
void swallow_exception();  // only the unwinding of a cancelled thread goes on

}  // namespace kue::detail
