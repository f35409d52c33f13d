#include <kue/error.hpp>
#include <kue/registry.hpp>

#include "kue/core/names.hpp"

namespace kue {

void Registry::add(JobType type) {
  if (!valid_kind(type.kind)) {
    throw Error(ErrorKind::invalid, "cannot register a job of kind '" + type.kind +
                                        "': kinds are 1 to 128 letters, digits, '_', '.', '-', ':', '<>,* &'");
  }
  if (!type.run || !type.check || !type.backoff || !type.failed) {
    throw Error(ErrorKind::invalid,
                "cannot register the job '" + type.kind + "': run, check, backoff and failed must all be set");
  }
  std::string const kind = type.kind, class_name = type.class_name;
  auto const [known, added] = types_.try_emplace(kind, std::move(type));
  if (added) return;
  if (known->second.class_name == class_name)
    throw Error(ErrorKind::conflict, "the job class '" + class_name + "' is registered twice");
  throw Error(ErrorKind::conflict, "the job classes '" + known->second.class_name + "' and '" + class_name +
                                       "' have the same kind '" + kind + "'; give one of them another `kind`");
}

JobType const* Registry::find(std::string_view kind) const {
  auto const found = types_.find(kind);
  return found == types_.end() ? nullptr : &found->second;
}

std::vector<std::string> Registry::kinds() const {
  std::vector<std::string> kinds;
  for (auto const& [kind, type] : types_) kinds.push_back(kind);
  return kinds;
}

std::optional<std::string> Registry::suggest(std::string_view kind) const {
  std::vector<std::string> const known = kinds();
  return core::nearest(kind, std::span<std::string const>(known));
}

std::vector<std::string> Registry::missing(Services& services) const {
  std::vector<std::string> sentences;
  for (auto const& [kind, type] : types_) {
    for (ServiceNeed const& need : type.needs) {
      if (services.has(*need.type)) continue;
      std::string sentence =
          "the job '" + kind + "' needs the service '" + need.name + "', which the application does not have";
      if (sentences.empty() || sentences.back() != sentence) sentences.push_back(std::move(sentence));
    }
  }
  return sentences;
}

}  // namespace kue
