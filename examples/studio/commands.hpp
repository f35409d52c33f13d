#pragma once
// The studio's own commands; main.cpp registers them beside queue:worker and the others.

#include "library.hpp"

#include <spark/application.hpp>

#include <string>
#include <vector>

namespace studio {

inline constexpr spark::Service<Library> picture_library{"library"};

int serve(spark::Application& app, int port);                               // the page, until TERM or INT
int upload(std::string const& url, std::vector<std::string> const& files);  // sends pictures as the page would
int verify(spark::Application& app, spark::Args const& args);  // is every thumbnail there, right, and made by a child?

}  // namespace studio
