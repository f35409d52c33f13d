#include <kue/job_mark.hpp>

#include "kue/base/id_text.hpp"

#include <utility>

namespace kue {
namespace {

// A plain pointer into the innermost scope: needs no destructor, so that it can be read while a thread ends.
thread_local JobMark const* current = nullptr;

}  // namespace

JobMark::JobMark(JobId id, std::string_view kind, std::uint32_t attempt) {
  auto data = std::make_shared<Data>();  // made for each run: put together by hand
  data->id = id;
  data->kind = kind;
  data->attempt = attempt;
  data->text.reserve(kind.size() + 64);
  IdText const its_id = id_text(id);
  data->text.append(kind)
      .append("#")
      .append(its_id.data(), its_id.size())
      .append(" attempt=")
      .append(std::to_string(attempt));
  data_ = std::move(data);
}

JobMark current_job() noexcept { return current != nullptr ? *current : JobMark(); }

JobScope::JobScope(JobMark mark) noexcept : mark_(std::move(mark)), before_(current) { current = &mark_; }

JobScope::~JobScope() { current = before_; }

}  // namespace kue
