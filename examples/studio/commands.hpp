#pragma once
// The studio's own commands; main.cpp registers them beside queue:worker and the others.

#include "library.hpp"

#include <spark/application.hpp>

namespace studio {

inline constexpr spark::Service<Library> picture_library{"library"};

int serve(spark::Application& app, spark::Args& args);   // server --port P: the page, until TERM or INT
int upload(spark::Application& app, spark::Args& args);  // upload [--to URL] FILE...: sends pictures as the page would
int verify(spark::Application& app,
           spark::Args& args);  // verify: is every thumbnail there, right, and made by a child?

}  // namespace studio
