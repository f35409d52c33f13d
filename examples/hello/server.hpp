#pragma once
// A small web server: answers GET /hello/{name} with what `hello` makes of the name, which is valid UTF-8 and short.
// Listens on 127.0.0.1 only, until TERM or INT. After each response was sent it flushes the application's queue.

#include <spark/spark.hpp>

#include <functional>
#include <string>

struct Page {
  int status = 200;
  std::string text;
};

int serve(spark::Application& app, int port, std::function<Page(std::string const& name)> const& hello);
