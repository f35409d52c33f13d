#pragma once
// Everything that an application needs. See spark/application.hpp.

#include <kue/kue.hpp>
#include <spark/application.hpp>

namespace spark {
using kue::Batch;
using kue::cancel;
using kue::completed;
using kue::Context;
using kue::discard;
using kue::Envelope;
using kue::Error;
using kue::Failure;
using kue::Flush;
using kue::Flusher;
using kue::interrupted;
using kue::JobId;
using kue::JobOptions;
using kue::JobStatus;
using kue::Logger;
using kue::Outcome;
using kue::Pushed;
using kue::PushOptions;
using kue::Queue;
using kue::retry_in;
using kue::snooze;
using kue::State;
}  // namespace spark
