// The example's server over a BufferedQueue whose flush takes as long as the test wants: until the file `go` is there.

#include "server.hpp"

#include <kue/buffered_queue.hpp>
#include <spark/spark.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <thread>

struct Note {
  std::string name;
  void run() const {}
};

class SlowQueue : public spark::Queue {
 public:
  using spark::Queue::push;
  kue::Pushed push(spark::Envelope job) override { return {job.id}; }
  std::vector<kue::Pushed> push_many(std::span<spark::Envelope> jobs) override {
    mark("flush_began", jobs.size());
    for (int i = 0; i < 4000 && ::access("go", F_OK) != 0; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    mark("flush_ended", jobs.size());
    return {jobs.size(), kue::Pushed()};
  }
  std::optional<kue::Delivery> pop(kue::Millis) override { return std::nullopt; }

 private:
  static void mark(char const* file, std::size_t count) {
    std::string const temporary = std::string(file) + ".new", text = std::to_string(count);
    int const fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT, 0600);
    if (::write(fd, text.data(), text.size()) < 0) ::_exit(1);
    ::close(fd);
    ::rename(temporary.c_str(), file);
  }
};

int main(int argc, char** argv) {
  spark::Application app;
  app[spark::queue] = app.share([] { return std::make_unique<kue::BufferedQueue>(std::make_unique<SlowQueue>()); });
  app.command("server", "answers at once, flushes slowly").run([&](spark::Args const&) {
    return serve(app, 0, [&](std::string const& name) {
      app[spark::queue]->push(Note(name));
      app[spark::queue]->push(Note(name + " again"));
      return Page{200, "Hello " + name + "!\n"};
    });
  });
  return app.run(argc, argv);
}
