// A stand-in: see README.md.
#pragma once
#include <functional>
#include <string>

namespace crow {
struct request {};
struct response {
  int code = 200;
  std::string body;
};
struct Rule {
  void operator()(std::function<std::string(request const&, int)> handler);
};
template <class... Middlewares> struct App {
  template <class M> M& get_middleware();
  template <class M> typename M::context& get_context(request const& req);
  Rule route(char const* path);
};
}  // namespace crow
#define CROW_ROUTE(app, path) app.route(path)
