#include <kue/error.hpp>
#include <spark/container.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <barrier>
#include <future>
#include <thread>

namespace {

using spark::Container;
using spark::Service;
using testing::ContainsRegex;
using testing::HasSubstr;

struct Animal {
  virtual ~Animal() = default;
  virtual std::string sound() const { return "..."; }
};
struct Ballast {
  virtual ~Ballast() = default;
  int weight = 7;
};
struct Dog : Ballast, Animal {  // Animal is not at the front: a wrong cast would show
  explicit Dog(std::string name_ = "dog") : name(std::move(name_)) {}
  std::string sound() const override { return name + " barks"; }
  std::string name;
};
struct Immovable {
  Immovable() = default;
  Immovable(Immovable const&) = delete;
  int value = 3;
};
struct Owner {
  explicit Owner(Animal& animal_) : animal(animal_) {}
  Animal& animal;
};

constexpr Service<Animal> animal{"animal"};
constexpr Service<Immovable> immovable{"immovable"};
constexpr Service<Owner> owner{"owner"};

std::string message(std::function<void()> const& action) {
  try {
    action();
  } catch (kue::Error const& error) {
    return std::string(kue::to_string(error.kind())) + ": " + error.what();
  }
  return "nothing was thrown";
}

// Runs `body` in a child and returns its exit code; -1 for a signal.
int in_child(std::function<int()> const& body) {
  pid_t const pid = ::fork();
  if (pid == 0) ::_exit(body());
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

TEST(Container, builds_a_derived_class_at_first_use_and_once) {
  Container app;
  int built = 0;
  app[animal] = app.share([&] {
    ++built;
    return std::make_unique<Dog>("Rex");
  });
  EXPECT_EQ(built, 0);
  EXPECT_EQ(app[animal]->sound(), "Rex barks");
  Animal& same = app[animal];
  EXPECT_EQ(&same, &app.get(animal));
  EXPECT_EQ(&same, &*app[animal]);
  EXPECT_EQ(built, 1);
}

TEST(Container, a_service_can_be_named_by_reference_in_every_way_that_one_tries_first) {
  Container app;
  app[animal] = app.share([] { return std::make_unique<Dog>(); });
  auto& a = app[animal];
  auto const& b = app[animal];
  auto c = app[animal];
  Animal& d = app[animal];
  auto& e = *app[animal];
  EXPECT_EQ(a->sound(), "dog barks");
  EXPECT_EQ(&*a, &*b);
  EXPECT_EQ(&*a, &*c);
  EXPECT_EQ(&*a, &d);
  EXPECT_EQ(&*a, &e);
}

TEST(Container, takes_values_that_cannot_move_and_shared_pointers) {
  Container app;
  app[immovable] = app.share([] { return Immovable(); });
  auto const dog = std::make_shared<Dog>();
  app[animal] = app.share([dog] { return dog; });
  EXPECT_EQ(app[immovable]->value, 3);
  EXPECT_EQ(&app.get(animal), static_cast<Animal*>(dog.get()));
}

TEST(Container, hands_a_service_to_the_constructor_of_another) {
  Container app;
  app[owner] = app.share([&] { return std::make_unique<Owner>(app[animal]); });  // set before what it needs
  app[animal] = app.share([] { return Dog("Rex"); });
  EXPECT_EQ(app[owner]->animal.sound(), "Rex barks");
}

TEST(Container, the_last_recipe_before_the_first_use_counts) {
  Container app;
  app[animal] = app.share([] { return Dog("first"); });
  app[animal] = app.share([] { return Dog("second"); });
  EXPECT_EQ(app[animal]->sound(), "second barks");
}

TEST(Container, refuses_to_replace_what_was_built) {
  Container app;
  app[animal] = app.share([] { return Dog(); });
  (void)app[animal]->sound();
  std::string const text = message([&] { app[animal] = app.share([] { return Dog("late"); }); });
  EXPECT_THAT(text, HasSubstr("conflict: service 'animal' (defined at container_test.cpp:"));
  EXPECT_THAT(text, HasSubstr("is in use already and cannot be set at container_test.cpp:"));
}

TEST(Container, tells_who_needs_a_missing_service_and_where) {
  Container app;
  EXPECT_EQ(message([&] { (void)app[animal].get(); }),
            "not_found: no service 'animal': set it before it is used, app[animal] = app.share(...)");
  int const line = __LINE__ + 1;
  app[owner] = app.share([&] { return std::make_unique<Owner>(app[animal]); });
  EXPECT_EQ(
      message([&] { (void)app[owner].get(); }),
      "not_found: no service 'animal', needed by 'owner' (defined at container_test.cpp:" + std::to_string(line) + ")");
}

TEST(Container, tells_the_way_of_a_circle) {
  Container app;
  constexpr Service<int> a{"a"}, b{"b"}, c{"c"};
  app[a] = app.share([&] { return app.get(b); });
  auto const at = [](std::string const& name, int line) {
    return "'" + name + "' (defined at container_test.cpp:" + std::to_string(line) + ") -> ";
  };
  int const line = __LINE__ + 1;
  app[b] = app.share([&] { return app.get(c); });
  app[c] = app.share([&] { return app.get(b); });
  std::string const circle = "invalid: services need each other in a circle: ";
  EXPECT_EQ(message([&] { (void)app[a].get(); }), circle + at("b", line) + at("c", line + 1) + "'b'");
  EXPECT_EQ(message([&] { (void)app[c].get(); }), circle + at("c", line + 1) + at("b", line) + "'c'");
}

TEST(Container, tells_the_way_of_a_circle_closed_by_two_threads) {
  Container app;
  constexpr Service<int> a{"a"}, b{"b"};
  std::barrier both_build(2);
  std::atomic<bool> met = false;
  auto const meet = [&] {
    if (!met) both_build.arrive_and_wait();
    met = true;
  };
  app[a] = app.share([&] {
    meet();
    return app.get(b);
  });
  app[b] = app.share([&] {
    meet();
    return app.get(a);
  });
  auto const use = [&](Service<int> key) { return message([&] { (void)app[key].get(); }); };
  auto first = std::async(std::launch::async, use, a);
  auto second = std::async(std::launch::async, use, b);
  std::vector<std::string> const texts{first.get(), second.get()};
  EXPECT_THAT(texts, testing::Each(testing::StartsWith("invalid: services need each other in a circle: ")));
}

TEST(Container, a_failing_factory_is_tried_again) {
  Container app;
  int tries = 0;
  app[animal] = app.share([&] {
    if (++tries == 1) throw kue::Error(kue::ErrorKind::unavailable, "not yet");
    return std::make_unique<Dog>();
  });
  EXPECT_EQ(message([&] { (void)app[animal].get(); }), "unavailable: not yet");
  EXPECT_EQ(app[animal]->sound(), "dog barks");
}

TEST(Container, refuses_a_factory_that_returns_nothing) {
  Container app;
  app[animal] = app.share([] { return std::unique_ptr<Dog>(); });
  EXPECT_THAT(message([&] { (void)app[animal].get(); }),
              HasSubstr("the factory of service 'animal' (defined at container_test.cpp:"));
}

TEST(Container, a_key_of_another_type_is_refused) {
  Container app;
  app[animal] = app.share([] { return Dog(); });
  constexpr Service<int> wrong{"animal"};
  EXPECT_THAT(message([&] { (void)app[wrong].get(); }), HasSubstr("is of another type"));
}

TEST(Container, finds_by_type_and_says_when_that_is_not_enough) {
  Container app;
  EXPECT_EQ(app.find(typeid(Animal)), nullptr);
  EXPECT_FALSE(app.has(typeid(Animal)));
  app[animal] = app.share([] { return Dog("Rex"); });
  EXPECT_TRUE(app.has(typeid(Animal)));
  EXPECT_TRUE(app.built().empty()) << "has() must not build";
  EXPECT_EQ(static_cast<Animal*>(app.find(typeid(Animal)))->sound(), "Rex barks");
  app[Service<Animal>{"beast"}] = app.share([] { return Dog("Fido"); });
  EXPECT_THAT(
      message([&] { app.find(typeid(Animal)); }),
      ContainsRegex(
          "'animal' \\(defined at container_test.cpp:[0-9]+\\) and 'beast' \\(defined at container_test.cpp:[0-9]+\\) "
          "are services of the same type"));
}

TEST(Container, destroys_in_reverse_order_of_construction) {
  std::string order;
  struct Tracer {
    ~Tracer() { order += name; }
    std::string& order;
    char name;
  };
  constexpr Service<Tracer> a{"a"}, b{"b"}, c{"c"};
  {
    Container app;
    app[a] = app.share([&] { return std::unique_ptr<Tracer>(new Tracer{order, 'a'}); });
    app[b] = app.share([&] {
      app[c].get();
      return std::unique_ptr<Tracer>(new Tracer{order, 'b'});
    });
    app[c] = app.share([&] { return std::unique_ptr<Tracer>(new Tracer{order, 'c'}); });
    app[b].get();
    app[a].get();
    EXPECT_EQ(order, "");
  }
  EXPECT_EQ(order, "abc");
}

TEST(Container, many_threads_build_each_service_once) {
  for (int round = 0; round < 20; ++round) {
    Container app;
    std::atomic<int> built = 0;
    app[owner] = app.share([&] {
      ++built;
      return std::make_unique<Owner>(app[animal]);
    });
    app[animal] = app.share([&] {
      ++built;
      return Dog();
    });
    std::barrier start(8);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        if (i % 2)
          EXPECT_EQ(app[owner]->animal.sound(), "dog barks");
        else
          EXPECT_EQ(app[animal]->sound(), "dog barks");
      });
    }
    threads.clear();
    EXPECT_EQ(built, 2);
  }
}

TEST(Container, knows_which_service_opened_a_descriptor) {
  struct Pipe {
    Pipe() { EXPECT_EQ(::pipe(ends), 0); }
    ~Pipe() { ::close(ends[0]), ::close(ends[1]); }
    int ends[2] = {-1, -1};
  };
  Container app;
  constexpr Service<Pipe> pipe{"pipe"};
  app[animal] = app.share([] { return Dog(); });
  app[pipe] = app.share([] { return std::make_unique<Pipe>(); });
  app[animal].get();
  app[pipe].get();
  auto const built = app.built();
  ASSERT_EQ(built.size(), 2u);
  EXPECT_EQ(built[0].name, "animal");
  EXPECT_TRUE(built[0].descriptors.empty());
  EXPECT_THAT(built[1].descriptors, testing::UnorderedElementsAre(app[pipe]->ends[0], app[pipe]->ends[1]));
}

TEST(ContainerFork, the_child_abandons_what_the_parent_built_and_builds_its_own) {
  static int destroyed = 0;
  struct Connection {
    ~Connection() { ++destroyed; }
    pid_t owner = ::getpid();
  };
  constexpr Service<Connection> connection{"connection"};
  constexpr Service<int> kept{"kept"};
  destroyed = 0;
  auto app = std::make_unique<Container>();
  (*app)[connection] = app->share([] { return std::make_unique<Connection>(); });
  (*app)[kept] = app->share([] { return static_cast<int>(::getpid()); }, spark::Fork::keep);
  pid_t const parent = (*app)[connection]->owner;
  ASSERT_EQ((*app)[kept].get(), parent);

  int const code = in_child([&] {
    if (app->built().size() != 1) return 10;  // only the kept one
    if ((*app)[connection]->owner != ::getpid()) return 11;
    if ((*app)[kept].get() != parent) return 12;
    app.reset();
    return destroyed == 1 ? 0 : 13;  // its own, not the parent's
  });
  EXPECT_EQ(code, 0);
  EXPECT_EQ((*app)[connection]->owner, parent);
  app.reset();
  EXPECT_EQ(destroyed, 1);
}

TEST(ContainerFork, a_child_may_set_what_the_parent_had_built) {
  Container app;
  app[animal] = app.share([] { return Dog("parent"); });
  app[animal].get();
  EXPECT_EQ(in_child([&] {
              app[animal] = app.share([] { return Dog("child"); });
              return app[animal]->sound() == "child barks" ? 0 : 1;
            }),
            0);
}

TEST(ContainerFork, a_fork_while_another_thread_builds_leaves_the_child_usable) {
  Container app;
  std::promise<void> building, forked;
  pid_t const parent = ::getpid();
  app[animal] = app.share([&] {
    if (::getpid() == parent) {
      building.set_value();
      forked.get_future().wait();
    }
    return Dog();
  });
  std::jthread builder([&] { app[animal].get(); });
  std::jthread waiter([&] { app[animal].get(); });
  building.get_future().wait();
  EXPECT_EQ(in_child([&] { return app[animal]->sound() == "dog barks" ? 0 : 1; }), 0);
  forked.set_value();
}

// Threads take the container's lock all the time while the process forks: a child must never find it locked.
TEST(ContainerFork, no_child_inherits_a_locked_container) {
  Container app;
  app[animal] = app.share([] { return Dog(); });
  std::atomic<bool> stop = false;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([&] {
      while (!stop) app[animal].get();
    });
  for (int i = 0; i < 25; ++i) {
    ASSERT_EQ(in_child([&] {
                ::alarm(20);
                return app[animal]->sound() == "dog barks" ? 0 : 1;
              }),
              0);
  }
  stop = true;
}

}  // namespace
