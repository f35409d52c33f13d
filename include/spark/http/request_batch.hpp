#pragma once
// RequestBatch: the batch of one request and what becomes of it. The adapters are made of it; so is yours, for a
// framework that has none here. Keep it where the request lives:
//
//   auto jobs = std::make_shared<spark::http::RequestBatch>(batches);   // when the request comes
//   jobs->batch().push(SendInvoice(7));                                 // in the handler
//   jobs->handled();  // it has returned; throws kue::Error: answer 503
//   jobs->sent();  // the response is out; the destructor will do, too
//
// Without handled() nothing is pushed, and the log says what was dropped.
// Threads: one at a time, any.

#include <spark/http/batches.hpp>

#include <exception>
#include <functional>

namespace spark::http {

class RequestBatch {
 public:
  explicit RequestBatch(Batches& batches);
  ~RequestBatch();
  RequestBatch(RequestBatch const&) = delete;
  RequestBatch& operator=(RequestBatch const&) = delete;

  Batch& batch() { return batch_; }

  // Before the response: sends the jobs, or makes sure of their room for later. Blocks while the queue does.
  void handled();

  // The same for event loops. handled_without_waiting: false if the jobs must be sent first. handled(done): never
  // waits; `done` is told, with null or a kue::Error, at once on this thread or later on another. It must neither throw
  // nor wait.
  bool handled_without_waiting();
  void handled(std::function<void(std::exception_ptr)> done);

  // After the response. Also takes what was pushed while a body was streamed. Without handled() it does nothing.
  void sent() noexcept;

 private:
  Batches& batches_;
  Batch batch_;
  kue::Flusher::Ticket ticket_;
  bool handled_ = false;
};

}  // namespace spark::http
