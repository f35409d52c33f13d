// A stand-in: see ../README.md.
#pragma once
#include <any>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace drogon {
enum HttpStatusCode { k503ServiceUnavailable = 503 };
enum HttpMethod { Post };

struct Attributes {
  void insert(std::string const& key, std::any const& value);
  template <class T> T const& get(std::string const& key) const;
};
struct HttpRequest {
  std::shared_ptr<Attributes> attributes() const;
};
using HttpRequestPtr = std::shared_ptr<HttpRequest>;

struct HttpResponse {
  static std::shared_ptr<HttpResponse> newHttpResponse();
  void setBody(std::string body);
  void setStatusCode(HttpStatusCode code);
};
using HttpResponsePtr = std::shared_ptr<HttpResponse>;

struct HttpAppFramework {
  HttpAppFramework& registerPreHandlingAdvice(std::function<void(HttpRequestPtr const&)> const& advice);
  HttpAppFramework& registerHandler(std::string const& path, std::function<void(HttpRequestPtr const&, std::function<void(HttpResponsePtr const&)>&&, int)> handler,
                                    std::vector<HttpMethod> const& methods);
};
HttpAppFramework& app();
}  // namespace drogon
