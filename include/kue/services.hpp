#pragma once
// Services: where the parameters of run() come from. spark::Application is one; kue alone needs no container.
//
//   struct Mine : kue::Services {
//     Mailer mailer;
//     void* find(std::type_info const& type) override { return type == typeid(Mailer) ? &mailer : nullptr; }
//     bool has(std::type_info const& type) override { return type == typeid(Mailer); }
//   };
//
// find() may build on first use. It is called by the thread that runs the job.

#include <typeinfo>

namespace kue {

struct Services {
  virtual ~Services() = default;
  virtual void* find(std::type_info const& type) = 0;  // null: not known
  virtual bool has(std::type_info const& type) = 0;    // without building it; asked when a worker starts
};

}  // namespace kue
