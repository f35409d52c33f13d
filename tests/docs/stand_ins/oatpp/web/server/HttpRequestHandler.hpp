// A stand-in: see ../../../README.md.
#pragma once
#include <memory>
#include <string>

namespace oatpp {
using String = std::string;
namespace web::protocol::http {
struct Status {
  static Status const CODE_200, CODE_503;
};
}  // namespace web::protocol::http
namespace web::server {
struct HttpRequestHandler {
  struct IncomingRequest {
    String getPathVariable(char const* name) const;
  };
  struct OutgoingResponse {};
  using Status = protocol::http::Status;
  struct ResponseFactory {
    static std::shared_ptr<OutgoingResponse> createResponse(Status const& status, String const& text);
  };
  virtual ~HttpRequestHandler() = default;
  virtual std::shared_ptr<OutgoingResponse> handle(std::shared_ptr<IncomingRequest> const& request) = 0;
};
}  // namespace web::server
}  // namespace oatpp
