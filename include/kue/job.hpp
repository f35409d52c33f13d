#pragma once
// Job: any default-constructible struct whose fields can be written down and that has one run().
//
//   struct HelloWorldJob {
//     std::string name;
//     void run(kue::Logger& log) const { log.info("Hello World {}!", name); }
//   };
//   kue::Envelope envelope = kue::make_envelope(HelloWorldJob("John Doe"));
//
// No base class and no macro: an aggregate's field names are read by the compiler (kue/fields.hpp); a class with
// private members says KUE_FIELDS(a_, b_). run() may take Logger&, Context& or any service, and may return a value or
// an Outcome.
//
// Optional members; one of that name with another type does not compile:
//   static constexpr std::string_view kind = "hello";       // else the qualified name of the class
//   static constexpr kue::JobOptions options{.queue = "mail"};
//   void validate() const;  // throws if the arguments make no sense; at push and before run
//   std::chrono::seconds backoff(int attempt) const;  // until the next try; attempt 1 has just failed. May be static
//   void failed(kue::Failure const&, Mailer&);              // after it was discarded; services as for run()
//   static constexpr std::array added{"locale"};  // new fields: jobs pushed before may lack them (kue/json.hpp)
//   static constexpr bool accepts_unknown_fields = true;    // fields that only a newer program knows are ignored
//
// Everything that is wrong with a class is a compile error that begins with "kue:". A value; no threads here.

#if __cplusplus < 202002L
#error "kue: this needs C++20: -std=c++20, or target_compile_features(your_program PRIVATE cxx_std_20)"
#endif

#include <kue/envelope.hpp>
#include <kue/fields.hpp>
#include <kue/job_traits.hpp>
#include <kue/json.hpp>
#include <kue/options.hpp>

#include <string>
#include <string_view>

namespace kue {

// Weak on purpose: what is not a job reaches check_job() and is told why in a sentence.
template <class J>
concept Job = !std::is_convertible_v<J const&, Envelope const&>;

// The name that stands in the queue. Constant; the characters of valid_kind().
template <Job J> constexpr std::string_view kind_of() {
  if constexpr (detail::check_job<J>()) return detail::kind_name<J>();
  return {};
}

template <Job J> constexpr JobOptions options_of() {
  if constexpr (detail::check_job<J>()) return detail::class_options<J>();
  return {};
}

namespace detail {
Envelope draft(std::string_view kind, JobOptions const& of_class, PushOptions const& of_push, Writer& args,
               Clock const& clock = Clock::system());
[[noreturn]] void throw_refused_by_validate(std::string_view kind);  // call it in a catch block
}  // namespace detail

// Makes the id. A delay counts from the clock's now. Throws Error(invalid) that names everything wrong with fields and
// options together.
template <Job J>
Envelope make_envelope(J const& job, PushOptions const& options = {}, Clock const& clock = Clock::system()) {
  if constexpr (detail::check_job<J>()) {
    if constexpr (detail::has_validate<J>) {
      try {
        job.validate();
      } catch (...) {
        detail::throw_refused_by_validate(detail::kind_name<J>());
      }
    }
    Writer args;
    write(args, job);
    return detail::draft(detail::kind_name<J>(), detail::class_options<J>(), options, args, clock);
  } else {
    return {};
  }
}

}  // namespace kue
