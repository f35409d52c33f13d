#pragma once
// Job: any default-constructible struct whose fields can be written down and that has one run().
//
//   struct HelloWorldJob {
//     std::string name;
//     void run(kue::Logger& log) const { log.info("Hello World {}!", name); }
//   };
//   kue::Envelope envelope = kue::make_envelope(HelloWorldJob("John Doe"));
//
// No base class and no macro: an aggregate's field names are read by the compiler (kue/fields.hpp); a class with private
// members says KUE_FIELDS(a_, b_). run() may take Logger&, Context& or any service, and may return a value.
// Optional members: options, backoff(attempt), validate(), failed(...). A member of that name with another type does not compile.

#include <kue/envelope.hpp>
#include <kue/fields.hpp>
#include <kue/json.hpp>
#include <kue/options.hpp>

#include <string>
#include <string_view>

namespace kue {

// The details of these are in kue/job_traits.hpp; each refusal is a static_assert whose text is a sentence.
template <class J> concept Job = detail::has_run<J>;                 // then check_job<J>() explains the rest
template <class J> constexpr std::string_view kind_of();             // J::kind, or the qualified name
template <class J> constexpr JobOptions options_of();
template <Job J> Envelope make_envelope(J const& job, PushOptions const& options = {});  // id made here; throws Error(invalid)

}  // namespace kue
