#include "kue/queues/flush_line.hpp"

namespace kue {

Flusher::Flusher(Queue& queue, FlusherOptions options, Logger log)
    : line_(std::make_shared<detail::FlushLine>(queue, options, std::move(log))) {}

Flusher::~Flusher() {
  if (line_->forked_away()) {  // the thread, its lock and the jobs are the parent's: abandoned here, never destroyed
    new std::shared_ptr<detail::FlushLine>(line_);
    return;
  }
  line_->stop(line_->options.stop_timeout);
}

void Flusher::flush_again() { line_->flush_again(); }
bool Flusher::stop(Millis patience) { return line_->stop(patience); }
FlusherCounts Flusher::counts() const { return line_->counts(); }

Queue& Flusher::queue() const { return line_->queue; }
Logger& Flusher::log() const { return line_->log; }
FlusherOptions const& Flusher::options() const { return line_->options; }

}  // namespace kue
