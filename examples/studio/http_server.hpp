#pragma once
// The studio on a socket: cpp-httplib around a Controller and a Gallery, and the client's side of an upload.
//
//   HttpServer server(controller, gallery);
//   int port = server.bind(8080);          // 0: any free one; throws kue::Error(unavailable) if it is taken
//   server.listen();                       // until stop(), from any thread
//
// Listens on 127.0.0.1 only, and answers only requests that name it as that host: a page of somebody else's in the same
// browser can neither send pictures nor read them.

#include "controller.hpp"
#include "gallery.hpp"

#include <memory>
#include <string>

namespace studio {

class HttpServer {
 public:
  HttpServer(Controller& controller, Gallery& gallery);
  ~HttpServer();

  int bind(int port);
  void listen();
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Sends one file as a page would; the status and the body of the answer. Throws kue::Error.
std::pair<int, std::string> send_picture(std::string const& url, std::string const& file);

}  // namespace studio
