// A stand-in: see ../../../README.md.
#pragma once
#include <string>
#include <string_view>

namespace userver::server {
namespace http {
enum class HttpStatus { kServiceUnavailable = 503 };
struct HttpResponse {
  void SetStatus(HttpStatus status);
  void SetData(std::string data);
};
struct HttpRequest {
  HttpResponse& GetHttpResponse() const;
};
}  // namespace http
namespace request {
struct RequestContext {
  template <class Data> Data& SetData(std::string name, Data data);
  template <class Data> Data& GetData(std::string_view name);
};
}  // namespace request
namespace middlewares {
class HttpMiddlewareBase {
 public:
  virtual ~HttpMiddlewareBase() = default;

 protected:
  virtual void HandleRequest(http::HttpRequest& request, request::RequestContext& context) const = 0;
  void Next(http::HttpRequest& request, request::RequestContext& context) const;
};
}  // namespace middlewares
}  // namespace userver::server
