#include <kue/job_mark.hpp>

#include <fmt/format.h>

namespace kue {
namespace {

// A plain pointer into the innermost scope: needs no destructor, so that it can be read while a thread ends.
thread_local JobMark const* current = nullptr;

}  // namespace

JobMark::JobMark(JobId id, std::string_view kind, std::uint32_t attempt)
    : data_(std::make_shared<Data const>(Data{id, std::string(kind), attempt, fmt::format("{}#{} attempt={}", kind, id.str(), attempt)})) {}

JobMark current_job() noexcept { return current != nullptr ? *current : JobMark(); }

JobScope::JobScope(JobMark mark) noexcept : mark_(std::move(mark)), before_(current) { current = &mark_; }

JobScope::~JobScope() { current = before_; }

}  // namespace kue
