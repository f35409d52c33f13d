#pragma once
// with_batch: a handler of cpp-httplib that gets the request, the response and the request's batch. Link
// spark::httplib.
//
//   server.Post("/orders", spark::http::with_batch(flusher, [](httplib::Request const& request,
//                                                              httplib::Response& response, spark::Batch& batch) {
//     spark::JobId id = batch.push(SendInvoice(std::stoi(request.body)));
//     response.set_content(id.str(), "text/plain");
//   }));
//
// The result is an ordinary httplib handler, for any method, or to be called from one of yours. When the jobs are sent,
// and what happens to them if the handler throws: <kue/flusher.hpp>. With after_response they are sent when the
// response object ends, which the server destroys after the last byte was given to the kernel; a streamed body counts.
// A failing flush before the response empties the response and answers 503, or what `refuse` puts there.
// Threads: the handler is called by many at once, as without with_batch. The flusher lives longer than the server.

#include <kue/error.hpp>
#include <kue/flusher.hpp>

#include <httplib.h>

#include <concepts>
#include <functional>
#include <memory>
#include <utility>

namespace spark::http {

using HttplibRefusal = std::function<void(httplib::Request const&, httplib::Response&, kue::Error const&)>;

// The error's text is for the log: it may hold paths of the server.
inline void answer_503(httplib::Request const&, httplib::Response& response, kue::Error const&) {
  response.status = 503;
  response.set_content("This request could not be accepted; please try again later.\n", "text/plain; charset=utf-8");
}

namespace detail {

// As before the handler, which may have set a page, a redirect or a stream.
inline void start_over(httplib::Response& response, httplib::Headers const& headers) {
  if (response.content_provider_resource_releaser_)
    std::exchange(response.content_provider_resource_releaser_, nullptr)(false);
  response.status = -1;
  response.reason.clear();
  response.headers = headers;
  response.body.clear();
  response.location.clear();
  response.content_length_ = 0;
  response.content_provider_ = nullptr;
  response.is_chunked_content_provider_ = false;
}

// The library calls the releaser from the response's destructor, with or without a content provider.
inline void keep_until_sent(httplib::Response& response, std::shared_ptr<kue::Batch> jobs) {
  response.content_provider_resource_releaser_ = [before = std::move(response.content_provider_resource_releaser_),
                                                  jobs = std::move(jobs)](bool success) {
    if (before) before(success);
    jobs->sent();
  };
}

}  // namespace detail

template <std::invocable<httplib::Request const&, httplib::Response&, kue::Batch&> Handler>
httplib::Server::Handler with_batch(kue::Flusher& flusher, Handler handler, HttplibRefusal refuse = answer_503) {
  return [&flusher, handler = std::move(handler), refuse = std::move(refuse)](httplib::Request const& request,
                                                                              httplib::Response& response) {
    auto jobs = std::make_shared<kue::Batch>(flusher);
    httplib::Headers const headers = response.headers;
    handler(request, response, *jobs);
    try {
      jobs->handled();
    } catch (kue::Error const& error) {
      detail::start_over(response, headers);
      return refuse(request, response, error);
    }
    detail::keep_until_sent(response, std::move(jobs));
  };
}

}  // namespace spark::http
