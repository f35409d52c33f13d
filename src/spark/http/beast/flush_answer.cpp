#include "spark/http/beast/flush_answer.hpp"

#include "kue/base/eventfd.hpp"

#include <kue/error.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace spark::http {
namespace {

class FlushAnswer {
 public:
  FlushAnswer() : event_(kue::open_eventfd()) {
    if (!event_)
      throw kue::Error(kue::ErrorKind::unavailable,
                       std::string("cannot wait for a flush: no descriptor: ") + std::strerror(errno));
  }

  void give(std::exception_ptr error) {
    error_ = std::move(error);
    kue::ring_eventfd(event_.get());
  }

  // A descriptor of its own for who waits, and only once: both ends close theirs.
  int descriptor() const {
    int const copy = ::fcntl(event_.get(), F_DUPFD_CLOEXEC, 0);
    if (copy < 0)
      throw kue::Error(kue::ErrorKind::unavailable,
                       std::string("cannot wait for a flush: no descriptor: ") + std::strerror(errno));
    return copy;
  }

  // After the descriptor was readable: reading orders it after give().
  std::exception_ptr take() {
    kue::clear_eventfd(event_.get());
    return error_;
  }

 private:
  kue::Fd const event_;
  std::exception_ptr error_;
};

}  // namespace

boost::asio::awaitable<void> handled(kue::Batch& jobs) {
  if (jobs.handled_without_waiting()) co_return;
  auto const answer = std::make_shared<FlushAnswer>();
  boost::asio::posix::stream_descriptor event(co_await boost::asio::this_coro::executor, answer->descriptor());
  jobs.handled([answer](std::exception_ptr error) { answer->give(std::move(error)); });
  co_await event.async_wait(boost::asio::posix::stream_descriptor::wait_read, boost::asio::use_awaitable);
  if (std::exception_ptr const error = answer->take()) std::rethrow_exception(error);
}

}  // namespace spark::http
