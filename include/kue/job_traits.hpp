#pragma once
// What kue reads out of a job class, and the sentences for a class that cannot be a job.
//
//   static_assert(kue::detail::check_job<HelloWorldJob>());      // what push and Registry::add do first
//
// check_job() is false, after its static_asserts, for a class that is refused: whoever asks goes no further, so that
// the sentence is not buried under errors that follow from it. Everything here happens while compiling.

#include <kue/detail/kind_name.hpp>
#include <kue/detail/members.hpp>
#include <kue/fields.hpp>
#include <kue/json.hpp>
#include <kue/options.hpp>

#include <chrono>
#include <string_view>
#include <type_traits>

namespace kue {

class Context;
class Logger;
struct Failure;
struct Outcome;

namespace detail {

// ---- a parameter of run() or failed()

template <class P> constexpr bool check_parameter() {
  constexpr bool reference = std::is_lvalue_reference_v<P> && std::is_class_v<std::remove_reference_t<P>>;
  static_assert(
      reference,
      "kue: run() and failed() take their parameters by reference (Logger&, Context&, Mailer&, Mailer const&): "
      "a service is lent by the application, not copied");
  return reference;
}
template <class... P> constexpr bool check_parameters(Types<P...>) { return (check_parameter<P>() && ...); }

// ---- run()

template <class J> constexpr bool check_run() {
  static_assert(has_member_run<J> || !called_like_a_function<J>,
                "kue: a lambda or function cannot be a job: the worker is another process, which knows neither its "
                "code nor what it "
                "captured; write a struct with fields and run()");
  static_assert(has_member_run<J> || called_like_a_function<J>,
                "kue: a job needs a member function run(); add `void run() const`");
  if constexpr (has_member_run<J>) {
    constexpr bool one = requires { &J::run; };
    static_assert(one, "kue: run() of a job must be one public member function, neither overloaded nor a template");
    if constexpr (one) {
      constexpr bool member = std::is_member_function_pointer_v<decltype(&J::run)>;
      static_assert(member, "kue: run of a job must be a non-static member function");
      if constexpr (member) {
        using Run = MemberFunction<decltype(&J::run)>;
        static_assert(Run::kKnown, "kue: run() of a job must not be volatile, variadic, or end with & or &&");
        if constexpr (Run::kKnown) return check_parameters(typename Run::Parameters());
      }
    }
  }
  return false;
}

// ---- optional members

// g++ 12 gives an error of its own for a non-static member in these expressions, so that is asked first.
template <class J> constexpr bool is_constant_text_kind() {
  if constexpr (requires { requires std::is_pointer_v<decltype(&J::kind)>; }) {
    return requires { typename Constant<(std::string_view(J::kind).size())>; };
  }
  return false;
}
template <class J> constexpr bool is_constant_options() {
  if constexpr (requires { requires std::is_same_v<decltype(&J::options), JobOptions const*>; }) {
    return requires { typename Constant<(J::options.max_attempts)>; };
  }
  return false;
}

template <class J> constexpr bool check_kind() {
  if constexpr (has_member_kind<J>) {
    constexpr bool right = is_constant_text_kind<J>();
    static_assert(right, "kue: the member 'kind' of a job must be `static constexpr std::string_view kind = \"...\"`; "
                         "a field needs another name");
    if constexpr (right) {
      constexpr bool valid = is_kind(J::kind);
      static_assert(valid, "kue: kind must be 1 to 128 characters: letters, digits, '_', '.', '-', ':', '<>,* &'");
      return valid;
    }
    return false;
  } else {
    constexpr bool lambda = is_lambda<J>;
    constexpr bool unnamed = !lambda && is_nameless<J>;
    static_assert(!unnamed,
                  "kue: a local job or one in an unnamed namespace has no name that another program could know; move "
                  "it to a named "
                  "namespace or (but not in a function) add `static constexpr std::string_view kind = \"...\"`");
    constexpr bool templated = !lambda && !unnamed && type_name<J>().find('<') != std::string_view::npos;
    static_assert(!templated, "kue: each compiler spells the name of a template in its own way; add `static constexpr "
                              "std::string_view kind = \"...\"`");
    constexpr bool fits = type_name<J>().size() <= limits::kMaxNameBytes;
    static_assert(fits || unnamed || templated, "kue: the name of this job is longer than 128 characters; add "
                                                "`static constexpr std::string_view kind = \"...\"`");
    return !unnamed && !templated && fits;
  }
}

template <class J> constexpr bool check_options() {
  if constexpr (has_member_options<J>) {
    constexpr bool right = is_constant_options<J>();
    static_assert(right, "kue: the member 'options' of a job must be `static constexpr kue::JobOptions options{...}`; "
                         "a field needs another name");
    if constexpr (right) {
      constexpr JobOptions o = J::options;
      static_assert(is_queue_name(o.queue),
                    "kue: options.queue must be 1 to 128 letters, digits, '_', '.', '-', the first a letter or digit");
      static_assert(o.max_attempts >= 1 && o.max_attempts <= limits::kMaxMaxAttempts,
                    "kue: options.max_attempts must be 1 to 1000; it includes the first");
      static_assert(o.priority >= limits::kMinPriority && o.priority <= limits::kMaxPriority,
                    "kue: options.priority must be -1000 to 1000");
      static_assert(o.timeout.count() >= 0, "kue: options.timeout must not be negative; 0 is none");
      static_assert(o.schema >= 1, "kue: options.schema must be at least 1");
    }
    return right;
  }
  return true;
}

template <class J> constexpr bool check_validate() {
  if constexpr (has_member_validate<J>) {
    constexpr bool right = requires(J const& job) {
      { job.validate() } -> std::same_as<void>;
    };
    static_assert(right, "kue: validate() of a job must be `void validate() const`; it throws if an argument is wrong");
    return right;
  }
  return true;
}

template <class D> inline constexpr bool is_duration = false;
template <class R, class P> inline constexpr bool is_duration<std::chrono::duration<R, P>> = true;

template <class J> constexpr bool check_backoff() {
  if constexpr (has_member_backoff<J>) {
    constexpr bool right = requires(J const& job) {
      requires is_duration<decltype(job.backoff(1u))>;
      requires TakesOneInteger<decltype(&J::backoff)>::value;
    };
    static_assert(right, "kue: backoff() of a job must be `std::chrono::seconds backoff(int attempt) const` (or "
                         "static), with any chrono duration");
    return right;
  }
  return true;
}

template <class... P> constexpr bool reads_failure(Types<P...>) {
  return ((!std::is_same_v<std::remove_cvref_t<P>, Failure> || std::is_same_v<P, Failure const&>)&&...);
}

template <class J> constexpr bool check_failed() {
  if constexpr (has_member_failed<J>) {
    constexpr bool one = requires { requires MemberFunction<decltype(&J::failed)>::kKnown; };
    if constexpr (one) {
      using Failed = MemberFunction<decltype(&J::failed)>;
      static_assert(std::is_void_v<typename Failed::Result>,
                    "kue: failed() of a job must return void: the job is over");
      constexpr bool reads = reads_failure(typename Failed::Parameters());
      static_assert(reads, "kue: failed() of a job takes the failure as `kue::Failure const&`");
      return std::is_void_v<typename Failed::Result> && reads && check_parameters(typename Failed::Parameters());
    }
    static_assert(
        one,
        "kue: failed() of a job must be one member function, for example `void failed(kue::Failure const&, Mailer&)`");
    return false;
  }
  return true;
}

// ---- all of it

template <class J> constexpr bool check_shape() {
  static_assert(std::is_class_v<J> || called_like_a_function<J>, "kue: a job is a struct or class with run()");
  if constexpr (std::is_class_v<J>) {
    static_assert(std::is_polymorphic_v<J> == false,
                  "kue: a job must not have virtual functions; it is a value, copied from one process to another");
    return !std::is_polymorphic_v<J>;
  }
  return called_like_a_function<J>;
}

template <class J> constexpr bool check_fields() {
  static_assert(has_fields_v<J>,
                "kue: a job with constructors or private members must name its fields: KUE_FIELDS(a_, b_)");
  if constexpr (has_fields_v<J>) {
    static_assert(
        std::is_default_constructible_v<J>,
        "kue: a job must be default-constructible, because the worker makes an empty one and fills in the fields");
    return std::is_default_constructible_v<J>;
  }
  return false;
}

template <class J> constexpr bool check_job() {
  if constexpr (check_shape<J>()) {
    if constexpr (check_run<J>()) {
      if constexpr (check_kind<J>() && check_fields<J>()) {
        return check_options<J>() && check_validate<J>() && check_backoff<J>() && check_failed<J>();
      }
    }
  }
  return false;
}

// ---- read only after check_job()

template <class J> inline constexpr bool has_validate = has_member_validate<J>;
template <class J> inline constexpr bool has_backoff = has_member_backoff<J>;
template <class J> inline constexpr bool has_failed = has_member_failed<J>;
template <class J> constexpr JobOptions class_options() {
  if constexpr (has_member_options<J>) return J::options;
  return {};
}
template <class J> constexpr std::string_view kind_name() {
  if constexpr (has_member_kind<J>) return J::kind;
  return type_name<J>();
}

}  // namespace detail
}  // namespace kue
