#include <spark/http/batches.hpp>

#include <spark/application.hpp>

namespace spark::http {

Batches::Batches(kue::Queue& queue, BatchesOptions options, kue::Logger log)
    : queue_(queue), options_(options), log_(std::move(log)), flusher_(options.flusher, log_) {}

Batches::Batches(Application& app, BatchesOptions options) : Batches(app[spark::queue].get(), options, app.log()) {}

}  // namespace spark::http
