# How everything here is compiled: C++20, the house's warnings, sanitizers, one folder for programs.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON) # rooms become parts of shared libraries

# Inside another project these are that project's own affair.
if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
  find_program(CCACHE ccache)
  if(CCACHE)
    # Paths relative to the checkout: another clone, or another preset's folder, finds what this one compiled.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
  endif()
endif()

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# What everything that includes our headers needs, users too; not our warnings.
add_library(spark_usage INTERFACE)
target_include_directories(spark_usage INTERFACE ${PROJECT_SOURCE_DIR}/include)
target_compile_features(spark_usage INTERFACE cxx_std_20)
target_link_libraries(spark_usage INTERFACE Threads::Threads)

# What everything that we compile ourselves gets.
add_library(spark_flags INTERFACE)
# missing-field-initializers is off because users write SendInvoice(7) for a job with defaulted fields.
target_compile_options(spark_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wno-missing-field-initializers
  # g++ 12 sees an overlap in `"text" + std::string` where there is none (GCC bug 105651, mended in 13); only when optimising.
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>,$<CONFIG:Release>>:-Wno-restrict>
  $<$<BOOL:${SPARK_WERROR}>:-Werror>)
target_link_libraries(spark_flags INTERFACE spark_usage)

if(SPARK_SANITIZE)
  add_compile_options(-fsanitize=${SPARK_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SPARK_SANITIZE})
endif()
