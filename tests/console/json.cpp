#include "json.hpp"

#include <boost/json/src.hpp>

boost::json::value parse(std::string const& text) { return boost::json::parse(text); }

std::string text_at(boost::json::value const& value, std::string_view pointer) {
  return std::string(value.at_pointer(pointer).as_string());
}

std::int64_t number_at(boost::json::value const& value, std::string_view pointer) {
  return value.at_pointer(pointer).as_int64();
}
