# Run at build by embed_text: writes OUTPUT.hpp and OUTPUT.cpp from FILES (separated by '|').
string(REPLACE "|" ";" files "${FILES}")
set(names "")
set(cases "")
foreach(file ${files})
  get_filename_component(name ${file} NAME_WE)
  string(REGEX REPLACE "^([0-9])" "_\\1" name ${name})
  file(READ ${file} content)
  string(FIND "${content}" ")embedded\"" clash)
  if(NOT clash EQUAL -1)
    message(FATAL_ERROR "${file} holds the end mark of a raw string")
  endif()
  string(APPEND names "  ${name},\n")
  string(APPEND cases "    case ${ENUM}::${name}: return R\"embedded(${content})embedded\";\n")
endforeach()
list(LENGTH files count)
get_filename_component(base ${OUTPUT} NAME)
file(WRITE ${OUTPUT}.hpp "#pragma once
// Made at build by cmake/EmbedText.cmake.
#include <cstddef>
#include <string_view>

namespace ${NAMESPACE} {
enum class ${ENUM} : unsigned {
${names}};
inline constexpr std::size_t k${ENUM}Count = ${count};
std::string_view text(${ENUM} name);
}  // namespace ${NAMESPACE}
")
file(WRITE ${OUTPUT}.cpp "#include \"${base}.hpp\"

namespace ${NAMESPACE} {
std::string_view text(${ENUM} name) {
  switch (name) {
${cases}  }
  return {};
}
}  // namespace ${NAMESPACE}
")
