#pragma once
// One web server a framework, so that what is promised of a batch is tested of all of them alike.

#include <kue/flusher.hpp>

#include <functional>
#include <memory>
#include <string>

// What the handler makes of a request; what it throws is thrown into the framework.
using Page = std::function<std::string(std::string const& path, std::string const& body, kue::Batch& batch)>;

class WebServer {
 public:
  virtual ~WebServer() = default;  // stops it, with its threads
  virtual int port() const = 0;
};

std::unique_ptr<WebServer> httplib_server(kue::Flusher& flusher, Page page);
std::unique_ptr<WebServer> beast_server(kue::Flusher& flusher, Page page, int threads);
