#pragma once
// FlushAnswer: a flush that another thread makes, awaited by a coroutine. A descriptor becomes readable when the answer
// is there, so the flusher touches nothing of the coroutine or its context, either of which may be gone by then.

#include <kue/flusher.hpp>

#include <boost/asio/awaitable.hpp>

namespace spark::http {

// Before the response of a request; throws kue::Error if its jobs cannot be pushed.
boost::asio::awaitable<void> handled(kue::Batch& jobs);

}  // namespace spark::http
