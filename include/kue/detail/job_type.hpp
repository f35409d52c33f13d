#pragma once
// Registry::add<J>(): a job class with its type forgotten.

#include <kue/detail/run_support.hpp>
#include <kue/registry.hpp>

#include <utility>

namespace kue {
namespace detail {

template <class P> inline constexpr bool is_service =
    !std::is_same_v<P, Logger> && !std::is_same_v<P, Context> && !std::is_same_v<P, Failure>;

// One argument of run() or failed(), found by its type.
template <class P> P& inject(Context& context, Services& services) {
  using T = std::remove_const_t<P>;
  if constexpr (std::is_same_v<T, Logger>) {
    return context.log();
  } else if constexpr (std::is_same_v<T, Context>) {
    return context;
  } else {
    return *static_cast<T*>(find_service(services, typeid(T), type_name<T>()));
  }
}

template <class P> void add_need(std::vector<ServiceNeed>& needs) {
  using T = std::remove_cvref_t<P>;
  if constexpr (is_service<T>) needs.push_back({&typeid(T), std::string(type_name<T>())});
}
template <class... P> void add_needs(Types<P...>, std::vector<ServiceNeed>& needs) { (add_need<P>(needs), ...); }

template <class J> struct JobCalls {
  using Run = MemberFunction<decltype(&J::run)>;

  static Outcome run(std::string_view args, Context& context, Services& services) {
    try {
      J job{};
      if (auto bad = read_problems(args, job)) return std::move(*bad);
      return call_run(job, context, services, typename Run::Parameters());
    } catch (...) {
      return outcome_of_exception(context);
    }
  }

  static void check(std::string_view args) {
    J job{};
    if (auto bad = read_problems(args, job)) throw_invalid_arguments(kind_name<J>(), *bad);
  }

  static std::optional<Millis> backoff([[maybe_unused]] std::string_view args, [[maybe_unused]] std::uint32_t attempt) {
    if constexpr (has_backoff<J>) {
      try {
        J job{};
        if (!read_value(args, job).empty()) return std::nullopt;
        auto const delay = std::as_const(job).backoff(static_cast<BackoffAttempt>(attempt));
        return delay.count() < 0 ? std::nullopt : std::optional(std::chrono::ceil<Millis>(delay));
      } catch (...) {
        swallow_exception();
      }
    }
    return std::nullopt;
  }

  static void failed([[maybe_unused]] std::string_view args, [[maybe_unused]] Failure const& failure,
                     [[maybe_unused]] Context& context, [[maybe_unused]] Services& services) {
    if constexpr (has_failed<J>) {
      try {
        J job{};
        if (!read_value(args, job).empty()) return;  // it was discarded for that
        call_failed(job, failure, context, services, typename MemberFunction<decltype(&J::failed)>::Parameters());
      } catch (...) {
        log_failed_threw(context);
      }
    }
  }

 private:
  template <class F> struct AttemptOf { using type = std::uint32_t; };
  template <class R, class A> struct AttemptOf<R (*)(A)> { using type = A; };
  template <class R, class A> struct AttemptOf<R (J::*)(A) const> { using type = A; };
  static constexpr auto attempt_type() {
    if constexpr (has_backoff<J>)
      return typename AttemptOf<decltype(&J::backoff)>::type{};
    else
      return std::uint32_t{};
  }
  using BackoffAttempt = decltype(attempt_type());

  static std::optional<Outcome> read_problems(std::string_view args, J& job) {
    auto const problems = read_value(args, job);
    if (!problems.empty()) return corrupt_arguments(kind_name<J>(), problems);
    if constexpr (has_validate<J>) {
      try {
        std::as_const(job).validate();
      } catch (...) {
        return corrupt_by_validate(kind_name<J>());
      }
    }
    return std::nullopt;
  }

  template <class... P> static Outcome call_run(J& job, Context& context, Services& services, Types<P...>) {
    using Result = typename Run::Result;
    if constexpr (std::is_void_v<Result>) {
      job.run(inject<std::remove_reference_t<P>>(context, services)...);
      return {};
    } else if constexpr (std::is_same_v<std::remove_cvref_t<Result>, Outcome>) {
      return checked_outcome(job.run(inject<std::remove_reference_t<P>>(context, services)...));
    } else {
      Writer result;
      write(result, static_cast<std::remove_cvref_t<Result> const&>(
                        job.run(inject<std::remove_reference_t<P>>(context, services)...)));
      return outcome_of_result(result);
    }
  }

  template <class... P>
  static void call_failed(J& job, Failure const& failure, Context& context, Services& services, Types<P...>) {
    job.failed([&]() -> decltype(auto) {
      if constexpr (std::is_same_v<std::remove_cvref_t<P>, Failure>)
        return (failure);
      else
        return inject<std::remove_reference_t<P>>(context, services);
    }()...);
  }
};

template <class J> JobType make_job_type() {
  JobType type;
  type.kind = kind_name<J>();
  type.class_name = type_name<J>();
  type.options = class_options<J>();
  for (std::string_view name : field_names<J>()) type.fields.emplace_back(name);
  add_needs(typename MemberFunction<decltype(&J::run)>::Parameters(), type.needs);
  if constexpr (has_failed<J>) add_needs(typename MemberFunction<decltype(&J::failed)>::Parameters(), type.needs);
  type.run = &JobCalls<J>::run;
  type.check = &JobCalls<J>::check;
  type.backoff = &JobCalls<J>::backoff;
  type.failed = &JobCalls<J>::failed;
  return type;
}

}  // namespace detail

template <class J> void Registry::add() {
  if constexpr (detail::check_job<J>()) add(detail::make_job_type<J>());
}

}  // namespace kue
