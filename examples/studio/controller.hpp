#pragma once
// Controller: what the studio answers. Knows pictures and the queue, nothing of sockets; http_server.cpp carries it.
//
//   Answer answer = controller.get("/thumbs/3f0c.../480.jpg");
//   Answer answer = controller.accept(upload, name, started);        // 202 as soon as the jobs are pushed
//
// Thread-safe. Every refusal is {"error": "one sentence"}.

#include "gallery.hpp"
#include "library.hpp"

#include <kue/queue.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace studio {

struct Answer {
  int status = 200;
  std::string type = "application/json";
  std::string body;
  std::string cache = "no-store";
};

Answer refusal(int status, std::string sentence);

class Controller {
 public:
  using Steady = std::chrono::steady_clock::time_point;

  Controller(Library& library, kue::Queue& queue, Gallery& gallery, kue::Logger log)
      : library_(library), queue_(queue), gallery_(gallery), log_(std::move(log)) {}

  Answer get(std::string_view path) const;
  Answer post(std::string_view path);  // /pictures/ID/retry
  Library::Upload receive() { return library_.receive(); }
  // A file that has arrived: looked at by its header only, kept, and its jobs pushed in one transaction.
  Answer accept(Library::Upload& upload, std::string_view name, Steady started);

 private:
  Answer thumbnail(std::string_view rest) const;
  void push(std::vector<kue::Envelope>& jobs);

  Library& library_;
  kue::Queue& queue_;
  Gallery& gallery_;
  kue::Logger log_;
};

// Pushes the jobs of pictures that a server kept and died before it could push. The ids are the recorded ones, so it is
// no harm if they were pushed after all.
int push_forgotten(Library const& pictures, kue::Queue& queue);

// The client's name of a picture as text to show: valid UTF-8, no control characters, at most 120 characters.
std::string shown_name(std::string_view sent);

}  // namespace studio
