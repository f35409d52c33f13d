#pragma once
// What a command printed with --json, read by a JSON parser that is not ours.

#include <boost/json/value.hpp>

#include <string>

boost::json::value parse(std::string const& text);  // throws unless it is exactly one document
std::string text_at(boost::json::value const& value, std::string_view pointer);  // of a string, "/job/args/name"
std::int64_t number_at(boost::json::value const& value, std::string_view pointer);
