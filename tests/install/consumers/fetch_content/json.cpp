// A program may have a Boost.JSON of its own, compiled into it: none of its functions may be in our libraries too.
#include <boost/json/src.hpp>

std::string spelled(boost::json::value const& value) { return boost::json::serialize(value); }
