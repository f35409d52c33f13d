# What a user links: the objects of several rooms as one library, shared or static as BUILD_SHARED_LIBS says.
#
#   spark_library(kue ROOMS kue_base kue_core PUBLIC fmt::fmt PRIVATE SQLite::SQLite3)
#
# Nothing is compiled twice. A shared one shows only names in kue:: and spark::, so that what is inside (Boost.JSON, toml++,
# CLI11) never meets another version of it in the user's program.
function(spark_library name)
  cmake_parse_arguments(library "STATIC" "EXPORT_NAME" "ROOMS;PUBLIC;PRIVATE" ${ARGN})
  set(target ${name}_library)
  set(kind)
  if(library_STATIC)
    set(kind STATIC)
  endif()
  list(TRANSFORM library_ROOMS REPLACE "(.+)" "$<TARGET_OBJECTS:\\1>" OUTPUT_VARIABLE objects)
  add_library(${target} ${kind} ${objects})
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_link_libraries(${target} PUBLIC Threads::Threads ${library_PUBLIC} PRIVATE ${library_PRIVATE})
  if(NOT library_EXPORT_NAME)
    set(library_EXPORT_NAME ${name})
  endif()
  set_target_properties(${target} PROPERTIES
    LINKER_LANGUAGE CXX OUTPUT_NAME ${name} EXPORT_NAME ${library_EXPORT_NAME}
    VERSION ${PROJECT_VERSION} SOVERSION ${SPARK_SOVERSION})
  get_target_property(type ${target} TYPE)
  if(type STREQUAL SHARED_LIBRARY)
    set(symbols ${PROJECT_SOURCE_DIR}/cmake/exported_symbols.map)
    target_link_options(${target} PRIVATE -Wl,--version-script=${symbols} -Wl,--no-undefined)
    set_target_properties(${target} PROPERTIES LINK_DEPENDS ${symbols})
  endif()
endfunction()
