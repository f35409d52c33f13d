// Studio: pictures dropped on a page are answered at once; `studio queue:worker -c 4` makes their thumbnails.
//
//   studio server --port 8080          the page, http://127.0.0.1:8080/
//   studio queue:worker -c 4           who does the work, in another terminal
//
// Both take --data DIR (or STUDIO_DATA), the folder of the pictures; ./studio-data if neither is given.

#include "commands.hpp"
#include "make_thumbnail.hpp"

#include <spark/spark.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

// Page and worker must agree on the folder, so --data is taken out before spark sees the arguments of any command.
std::string take_data_folder(std::vector<char*>& arguments) {
  constexpr std::string_view kOption = "--data";
  char const* const environment = std::getenv("STUDIO_DATA");
  std::string folder = environment != nullptr && *environment != '\0' ? environment : "studio-data";
  for (std::size_t i = 1; i < arguments.size();) {
    std::string_view const argument = arguments[i];
    bool const joined = argument.starts_with("--data=");
    if (argument != kOption && !joined) {
      ++i;
      continue;
    }
    if (!joined && i + 1 == arguments.size()) {
      std::fputs("studio: --data needs the name of a folder after it\n", stderr);
      std::exit(2);
    }
    folder = joined ? argument.substr(kOption.size() + 1) : std::string_view(arguments[i + 1]);
    auto const at = arguments.begin() + static_cast<std::ptrdiff_t>(i);
    arguments.erase(at, at + (joined ? 1 : 2));
  }
  return folder;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<char*> arguments(argv, argv + argc);
  std::string const folder = take_data_folder(arguments);

  spark::Application app;
  app.jobs<studio::MakeThumbnail>();
  app[studio::picture_library] = app.share([folder] { return std::make_unique<studio::Library>(folder); });
  app.command("server", "serves the page (--data DIR: folder of the pictures)")
      .option("--port N", 8080, "port to listen on; 0: any free one")
      .between(0, 65535)
      .run([&](spark::Args const& args) { return studio::serve(app, args.number("--port")); });
  app.command("upload", "sends pictures to a studio that runs")
      .option("--to URL", "http://127.0.0.1:8080", "address of the studio")
      .arguments("FILE...", "pictures")
      .run([](spark::Args const& args) { return studio::upload(args.text("--to"), args.texts("FILE")); });
  app.command("verify", "checks every thumbnail and who made it")
      .option("--pictures N", 0, "how many pictures there must be; 0: any number")
      .option("--master PID", 0, "queue:worker, the parent of whoever made a thumbnail")
      .option("--server PID", 0, "the server, which must have made none")
      .option("--children PIDS", "processes that were seen as children of queue:worker")
      .may_be_empty()
      .run([&](spark::Args const& args) { return studio::verify(app, args); });

  auto const count = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  return app.run(count, arguments.data());
}
