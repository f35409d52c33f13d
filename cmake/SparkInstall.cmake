# cmake --install: libraries, headers, what find_package and pkg-config read, programs. Three components, as the packages:
# runtime (shared libraries), dev, tools. Nothing that is written holds the prefix: an installed tree may be moved.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(programs)
set(kue_libraries)
foreach(target IN ITEMS spark_program kue-checker)
  if(TARGET ${target})
    list(APPEND programs ${target})
  endif()
endforeach()
foreach(target IN ITEMS kue_library kue_testing_library kue_conformance_library)
  if(TARGET ${target})
    list(APPEND kue_libraries ${target})
  endif()
endforeach()

# Programs and libspark find libkue beside them wherever the prefix is; in /usr the system's own search does.
if(NOT CMAKE_INSTALL_PREFIX STREQUAL "/usr")
  file(RELATIVE_PATH to_libraries /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_LIBDIR})
  set_target_properties(kue_library spark_library PROPERTIES INSTALL_RPATH "$ORIGIN")
  set_target_properties(${programs} PROPERTIES INSTALL_RPATH "$ORIGIN/${to_libraries}")
endif()

set(to_cmake ${CMAKE_INSTALL_LIBDIR}/cmake)
install(TARGETS ${kue_libraries} EXPORT kue
  LIBRARY COMPONENT runtime NAMELINK_COMPONENT dev ARCHIVE COMPONENT dev)
# The adapters stand beside libspark: that of cpp-httplib is a header; that of Beast is always static, because Asio's inner
# variables must be the same in it and in the user's program.
set(adapters)
foreach(target IN ITEMS spark_httplib_library spark_beast_library)
  if(TARGET ${target})
    list(APPEND adapters ${target})
  endif()
endforeach()
install(TARGETS spark_library ${adapters} EXPORT spark LIBRARY COMPONENT runtime NAMELINK_COMPONENT dev ARCHIVE COMPONENT dev)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev FILES_MATCHING PATTERN "*.hpp")

get_target_property(kue_type kue_library TYPE)
foreach(name IN ITEMS kue spark)
  install(EXPORT ${name} NAMESPACE ${name}:: FILE ${name}Targets.cmake DESTINATION ${to_cmake}/${name} COMPONENT dev)
  configure_file(${PROJECT_SOURCE_DIR}/packaging/cmake/${name}Config.cmake.in ${PROJECT_BINARY_DIR}/packaging/${name}Config.cmake @ONLY)
  # Below 1.0 a minor version may ask for changes (CHANGELOG), so 0.3 does not stand in for 0.2.
  write_basic_package_version_file(${PROJECT_BINARY_DIR}/packaging/${name}ConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${PROJECT_BINARY_DIR}/packaging/${name}Config.cmake ${PROJECT_BINARY_DIR}/packaging/${name}ConfigVersion.cmake
    DESTINATION ${to_cmake}/${name} COMPONENT dev)
endforeach()

file(RELATIVE_PATH to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" to_prefix ${to_prefix})
set(pkgconfig_files kue kue-testing spark)
foreach(adapter IN ITEMS httplib beast)
  if(TARGET spark_${adapter}_library)
    list(APPEND pkgconfig_files spark-${adapter})
  endif()
endforeach()
foreach(name IN LISTS pkgconfig_files)
  configure_file(${PROJECT_SOURCE_DIR}/packaging/pkgconfig/${name}.pc.in ${PROJECT_BINARY_DIR}/packaging/${name}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/packaging/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)
endforeach()

if(CMAKE_INSTALL_PREFIX STREQUAL "/usr") # a package: Debian wants the licence and a changelog of its own form in each
  include(SparkPackages)
  configure_file(${PROJECT_SOURCE_DIR}/packaging/debian-changelog.in ${PROJECT_BINARY_DIR}/packaging/debian-changelog @ONLY)
  find_program(GZIP gzip REQUIRED)
  add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/packaging/changelog.gz DEPENDS ${PROJECT_BINARY_DIR}/packaging/debian-changelog
    COMMAND ${GZIP} -9nc ${PROJECT_BINARY_DIR}/packaging/debian-changelog > ${PROJECT_BINARY_DIR}/packaging/changelog.gz VERBATIM)
  add_custom_target(debian_changelog ALL DEPENDS ${PROJECT_BINARY_DIR}/packaging/changelog.gz)
  foreach(component IN ITEMS runtime dev tools)
    string(TOUPPER ${component} COMPONENT)
    install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION share/doc/${CPACK_DEBIAN_${COMPONENT}_PACKAGE_NAME} RENAME copyright COMPONENT ${component})
    install(FILES ${PROJECT_BINARY_DIR}/packaging/changelog.gz DESTINATION share/doc/${CPACK_DEBIAN_${COMPONENT}_PACKAGE_NAME} COMPONENT ${component})
  endforeach()
endif()

if(programs)
  install(TARGETS ${programs} RUNTIME COMPONENT tools)
endif()
