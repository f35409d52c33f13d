#pragma once
// The templates of Container: what app[key] is, and how a factory's answer becomes a shared_ptr.

#include <spark/container.hpp>

namespace spark {
namespace detail {

template <class R> struct Made {  // a value
  using type = R;
  template <class F> static std::shared_ptr<R> from(F& factory) { return std::shared_ptr<R>(new R(factory())); }
};
template <class T, class D> struct Made<std::unique_ptr<T, D>> {
  using type = T;
  template <class F> static std::shared_ptr<T> from(F& factory) { return factory(); }
};
template <class T> struct Made<std::shared_ptr<T>> {
  using type = T;
  template <class F> static std::shared_ptr<T> from(F& factory) { return factory(); }
};

}  // namespace detail

template <class F> auto Container::share(F factory, Fork fork, std::source_location where) const {
  using Result = decltype(factory());
  static_assert(!std::is_void_v<Result>,
                "a service's factory must return the service: a unique_ptr, a shared_ptr or a value");
  static_assert(!std::is_reference_v<Result> && !std::is_pointer_v<Result>,
                "a service's factory must give away what it made: return a unique_ptr, a shared_ptr or a value");
  using Made = detail::Made<std::remove_cv_t<Result>>;
  return Recipe<typename Made::type>{[factory = std::move(factory)]() mutable { return Made::from(factory); }, fork,
                                     where};
}

template <class T> class Container::Slot {
 public:
  Slot(Slot const&) = default;
  Slot& operator=(Slot const&) = delete;  // app[a] = app[b] would share one object under two names

  template <class U> Slot const& operator=(Recipe<U> recipe) const {
    static_assert(std::is_convertible_v<U*, T*>,
                  "this factory makes something that is not the type of the service's key");
    // Through shared_ptr<T>, so that the stored void* is a T* whatever the bases of U are.
    container_.define(
        name_, typeid(T),
        [build = std::move(recipe.build)]() -> std::shared_ptr<void> { return std::shared_ptr<T>(build()); },
        recipe.fork, recipe.where);
    return *this;
  }

  T& get() const { return *static_cast<T*>(container_.resolve(name_, typeid(T))); }
  T* operator->() const { return &get(); }
  T& operator*() const { return get(); }
  operator T&() const { return get(); }

 private:
  friend class Container;
  Slot(Container& container, std::string_view name) : container_(container), name_(name) {}

  Container& container_;
  std::string_view name_;
};

}  // namespace spark
