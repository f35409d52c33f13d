# How everything here is compiled: C++20, the house's warnings, sanitizers, one folder for programs.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON) # the layer test links each room as a shared object
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

find_program(CCACHE ccache)
if(CCACHE)
  # Paths relative to the checkout: another clone, or another preset's folder, finds what this one compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
endif()

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

add_library(spark_flags INTERFACE)
target_include_directories(spark_flags INTERFACE ${PROJECT_SOURCE_DIR}/include)
# missing-field-initializers is off because users write SendInvoice(7) for a job with defaulted fields.
target_compile_options(spark_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wno-missing-field-initializers
  # g++ 12 sees an overlap in `"text" + std::string` where there is none (GCC bug 105651, mended in 13); only when optimising.
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>,$<CONFIG:Release>>:-Wno-restrict>
  $<$<BOOL:${SPARK_WERROR}>:-Werror>)
target_link_libraries(spark_flags INTERFACE Threads::Threads)

if(SPARK_SANITIZE)
  add_compile_options(-fsanitize=${SPARK_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SPARK_SANITIZE})
endif()
