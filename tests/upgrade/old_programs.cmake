# Read at the end of project() of another commit's checkout (CMAKE_PROJECT_spark_INCLUDE, see old_commit.py): adds the
# programs of this folder to that build. Everything else is compiled as in its own folder, so that ccache has it.
set(UPGRADE_TESTS ${CMAKE_CURRENT_LIST_DIR})
function(add_old_programs)
  add_executable(upgrade_program ${UPGRADE_TESTS}/upgrade_program.cpp)
  target_link_libraries(upgrade_program PRIVATE spark_flags spark::spark)
  add_executable(make_schema4 EXCLUDE_FROM_ALL ${UPGRADE_TESTS}/make_schema4.cpp)
  target_include_directories(make_schema4 PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(make_schema4 PRIVATE spark_flags kue::kue kue::testing)
endfunction()
cmake_language(DEFER CALL add_old_programs)
