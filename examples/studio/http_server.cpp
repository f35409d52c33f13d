#include "http_server.hpp"

#include <kue/error.hpp>
#include <kue/json.hpp>

#include <fmt/format.h>
#include <httplib.h>

#include <atomic>
#include <cerrno>
#include <cstring>

namespace studio {
namespace {

using namespace std::chrono_literals;

constexpr int kThreads = 64;     // a viewer of /events holds one as long as it looks
constexpr int kMaxViewers = 40;  // the others answer requests
constexpr std::size_t kDrain =
    4 * kMaxFileBytes;  // read on after the limit, so that a browser sees the answer, but not forever

void send(httplib::Response& response, Answer const& answer) {
  response.status = answer.status;
  response.set_header("Cache-Control", answer.cache);
  response.set_content(answer.body, answer.type.c_str());
}

httplib::Headers strict_headers() {
  return {{"Content-Security-Policy",
           "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; connect-src 'self'; "
           "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
          {"X-Content-Type-Options", "nosniff"},
          {"Referrer-Policy", "no-referrer"},
          {"Cross-Origin-Resource-Policy", "same-origin"}};
}

std::string percent_encoded(std::string_view text) {
  std::string coded;
  for (char const c : text) {
    bool const plain = std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_';
    coded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return coded;
}

}  // namespace

struct HttpServer::Impl {
  Controller& controller;
  Gallery& gallery;
  httplib::Server server;
  std::atomic<int> viewers{0};
  int port = 0;

  // Another host name that leads here (DNS rebinding) or another site's page is not our page.
  std::optional<Answer> stranger(httplib::Request const& request) const {
    std::string const host = request.get_header_value("Host");
    if (host != fmt::format("127.0.0.1:{}", port) && host != fmt::format("localhost:{}", port)) {
      return refusal(421, "This server is 127.0.0.1 or localhost only.");
    }
    std::string const origin = request.get_header_value("Origin");
    if (!origin.empty() && origin != "http://" + host) return refusal(403, "Pages of other sites are not served.");
    return std::nullopt;
  }

  void upload(httplib::Request const& request, httplib::Response& response, httplib::ContentReader const& read) try {
    auto const started = std::chrono::steady_clock::now();
    std::string const type = request.get_header_value("Content-Type");
    if (type.starts_with("multipart/") || request.has_header("Content-Encoding")) {
      return send(
          response,
          refusal(415, "Send the picture itself as the body of the request, not as a form and not compressed."));
    }
    Library::Upload upload = controller.receive();
    std::size_t arrived = 0;
    bool const whole = read([&](char const* data, std::size_t size) {
      arrived += size;
      if (arrived <= kMaxFileBytes) upload.write({data, size});
      return arrived <= kDrain;
    });
    if (arrived > kMaxFileBytes) {
      return send(response, refusal(413, fmt::format("This file is too large: a picture may have up to {} MiB.",
                                                     kMaxFileBytes >> 20U)));
    }
    if (!whole) return send(response, refusal(400, "The upload broke off before the whole file had arrived."));
    send(response, controller.accept(upload, request.get_param_value("name"), started));
  } catch (std::exception const& error) {
    send(response, refusal(507, fmt::format("The picture could not be kept: {}", error.what())));
  }

  // Server-sent events: everything at once, then what changes. A reconnect begins with everything again.
  void events(httplib::Response& response) {
    if (++viewers > kMaxViewers) {
      --viewers;
      return send(response, refusal(503, fmt::format("{} pages look on already; close one.", kMaxViewers)));
    }
    response.set_header("Cache-Control", "no-store");
    response.set_chunked_content_provider(
        "text/event-stream",
        [this, seen = std::uint64_t{0}, quiet = 0](std::size_t, httplib::DataSink& sink) mutable {
          std::optional<Update> const update = gallery.next(seen, 500ms);
          if (gallery.closed()) {
            sink.done();
            return true;
          }
          std::string text;
          if (update) {
            seen = update->revision;
            text = fmt::format("event: update\ndata: {}\n\n", kue::to_json(*update));
          } else if (++quiet % 20 == 0) {
            text = "event: beat\ndata: {}\n\n";  // every 10 s, so that a page notices a server that hangs
          }
          if (!sink.is_writable()) return false;
          return text.empty() || sink.write(text.data(), text.size());
        },
        [this](bool) { --viewers; });
  }
};

HttpServer::HttpServer(Controller& controller, Gallery& gallery) : impl_(new Impl{controller, gallery, {}, {}, 0}) {
  httplib::Server& server = impl_->server;
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(1000);
  server.set_keep_alive_timeout(2);  // seconds; an idle connection holds a thread, and stop() waits for it
  server.set_read_timeout(10);
  server.set_write_timeout(10);
  server.set_payload_max_length(kDrain);
  server.set_default_headers(strict_headers());
  server.set_socket_options(
      [](socket_t socket) {  // the library's default lets a second server take the same port silently
        int const yes = 1;
        ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
      });
  server.set_pre_routing_handler([this](httplib::Request const& request, httplib::Response& response) {
    auto const refused = impl_->stranger(request);
    if (!refused) return httplib::Server::HandlerResponse::Unhandled;
    send(response, *refused);
    return httplib::Server::HandlerResponse::Handled;
  });
  server.Post("/pictures", [this](httplib::Request const& request, httplib::Response& response,
                                  httplib::ContentReader const& read) { impl_->upload(request, response, read); });
  server.Post("/pictures/.*", [this](httplib::Request const& request, httplib::Response& response) {
    send(response, impl_->controller.post(request.path));
  });
  server.Get("/events", [this](httplib::Request const&, httplib::Response& response) { impl_->events(response); });
  server.Get(".*", [this](httplib::Request const& request, httplib::Response& response) {
    send(response, impl_->controller.get(request.path));
  });
  server.set_error_handler(httplib::Server::HandlerWithResponse(
      [](httplib::Request const&, httplib::Response& response) {  // refused by the library
        if (!response.body.empty()) return httplib::Server::HandlerResponse::Unhandled;
        send(response, refusal(response.status,
                               response.status == 413 ? "This file is too large." : "This request is not understood."));
        return httplib::Server::HandlerResponse::Handled;
      }));
  server.set_exception_handler([](httplib::Request const&, httplib::Response& response, std::exception_ptr error) {
    try {
      std::rethrow_exception(error);
    } catch (std::exception const& what) {
      send(response, refusal(500, fmt::format("This could not be answered: {}", what.what())));
    } catch (...) {
      send(response, refusal(500, "This could not be answered."));
    }
  });
}

HttpServer::~HttpServer() = default;

int HttpServer::bind(int port) {
  constexpr char const* kHost = "127.0.0.1";
  bool const bound =
      port == 0 ? (port = impl_->server.bind_to_any_port(kHost)) > 0 : impl_->server.bind_to_port(kHost, port);
  if (!bound) {
    throw kue::Error(kue::ErrorKind::unavailable,
                     fmt::format("cannot listen on 127.0.0.1:{}: {}; choose another --port, 0 takes a free one", port,
                                 std::strerror(errno)));
  }
  return impl_->port = port;
}

void HttpServer::listen() { impl_->server.listen_after_bind(); }

void HttpServer::stop() { impl_->server.stop(); }

std::pair<int, std::string> send_picture(std::string const& url, std::string const& file) {
  std::vector<std::uint8_t> const bytes = read_file(file);
  httplib::Client client(url);
  client.set_tcp_nodelay(true);
  client.set_connection_timeout(5);
  client.set_read_timeout(30);
  if (!client.is_valid())
    throw kue::Error(kue::ErrorKind::invalid, fmt::format("{} is not an address like http://127.0.0.1:8080", url));
  std::string const path = "/pictures?name=" + percent_encoded(std::filesystem::path(file).filename().string());
  auto const answer =
      client.Post(path, reinterpret_cast<char const*>(bytes.data()), bytes.size(), "application/octet-stream");
  if (!answer) {
    throw kue::Error(kue::ErrorKind::unavailable, fmt::format("sent {} to {}, no answer came back: {}", file, url,
                                                              httplib::to_string(answer.error())));
  }
  return {answer->status, answer->body};
}

}  // namespace studio
