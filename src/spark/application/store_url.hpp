#pragma once
// The address of a store, as the configuration treats it. What a scheme means is the store's business
// (kue::open_store).

#include <string>
#include <string_view>

namespace spark {

// sqlite:PATH with PATH made absolute against `directory`, which is absolute. Other URLs unchanged.
std::string absolute_store_url(std::string_view url, std::string_view directory);
std::string sqlite_file(std::string_view absolute_url);  // empty for other schemes; throws Error(invalid)
std::string without_secrets(std::string_view url);       // redis://user:***@host: for people and logs

std::string absolute_path(std::string_view path, std::string_view directory);

}  // namespace spark
