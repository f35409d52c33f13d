# Text files of a room (SQL, later Lua) become constants of the program: an enum with one name a file, and text(name).
#
#   embed_text(kue_store_sqlite NAMESPACE kue::sqlite ENUM Sql OUTPUT sql_texts FILES ${sql_files})
#
# makes <sql_texts.hpp>: enum class Sql { claim_take, ... }, kSqlCount, std::string_view text(Sql). Names are the files' names
# without their suffix; a leading number (0001_tables.sql) is kept behind an underscore.
function(embed_text target)
  cmake_parse_arguments(embed "" "NAMESPACE;ENUM;OUTPUT" "FILES" ${ARGN})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/embedded)
  set(made ${folder}/${embed_OUTPUT}.hpp ${folder}/${embed_OUTPUT}.cpp)
  list(JOIN embed_FILES "|" files)
  add_custom_command(
    OUTPUT ${made}
    COMMAND ${CMAKE_COMMAND} -DNAMESPACE=${embed_NAMESPACE} -DENUM=${embed_ENUM} -DOUTPUT=${folder}/${embed_OUTPUT} "-DFILES=${files}"
            -P ${PROJECT_SOURCE_DIR}/cmake/embed_text_script.cmake
    DEPENDS ${embed_FILES} ${PROJECT_SOURCE_DIR}/cmake/embed_text_script.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${made})
  target_include_directories(${target} PRIVATE ${folder})
endfunction()
