#pragma once
// A client on a plain socket, so that a test decides when to send, to read and to leave.
//
//   Client client(port);
//   Answer const answer = client.ask("/orders", "7");
//   EXPECT_EQ(answer.status, 200);

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

struct Answer {
  int status = 0;
  std::string headers;
  std::string body;
};

class Client {
 public:
  explicit Client(int port, int receive_buffer = 0) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    timeval const patience{.tv_sec = 60, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("cannot connect");
  }
  ~Client() { leave(); }
  Client(Client const&) = delete;
  Client& operator=(Client const&) = delete;

  void send(std::string_view bytes) const {
    while (!bytes.empty()) {
      ssize_t const sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // the server has closed: what it answered before is what the test reads
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  void post(std::string const& path, std::string const& body = "", std::string const& headers = "") const {
    send("POST " + path + " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         headers + "\r\n" + body);
  }

  Answer ask(std::string const& path, std::string const& body = "") {
    post(path, body);
    return read();
  }

  // The next answer, to its last byte. Status 0: the connection ended first.
  Answer read() {
    Answer answer;
    std::size_t end = 0;
    while ((end = bytes_.find("\r\n\r\n")) == bytes_.npos) {
      if (!more()) return answer;
    }
    answer.headers = bytes_.substr(0, end + 2);
    bytes_.erase(0, end + 4);
    std::size_t const length = length_of(answer.headers);
    while (bytes_.size() < length) {
      if (!more()) return answer;
    }
    answer.status = std::atoi(answer.headers.c_str() + sizeof "HTTP/1.1");
    answer.body = bytes_.substr(0, length);
    bytes_.erase(0, length);
    return answer;
  }

  bool has_bytes_within(std::chrono::milliseconds time) const {
    pollfd what{.fd = socket_, .events = POLLIN, .revents = 0};
    return !bytes_.empty() || ::poll(&what, 1, static_cast<int>(time.count())) > 0;
  }
  bool is_closed() { return !more(); }  // by the server, in a minute at the latest
  void leave() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

 private:
  static std::size_t length_of(std::string const& headers) {
    auto const at = headers.find("Content-Length: ");
    return at == headers.npos ? 0 : std::strtoul(headers.c_str() + at + sizeof "Content-Length: " - 1, nullptr, 10);
  }

  bool more() {
    char bytes[64 * 1024];
    ssize_t const got = ::recv(socket_, bytes, sizeof bytes, 0);
    if (got > 0) bytes_.append(bytes, static_cast<std::size_t>(got));
    return got > 0;
  }

  int socket_;
  std::string bytes_;
};
