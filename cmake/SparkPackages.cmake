# cpack: three Debian packages, one a component. ./dev package makes them from the preset package.
set(library_package libspark${SPARK_SOVERSION}) # as the SONAMEs, libkue.so.0.2 and libspark.so.0.2: docs/packaging.md
set(same_version "${library_package} (= ${PROJECT_VERSION})")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME spark)
set(CPACK_PACKAGE_CONTACT "The Spark maintainers <maintainers@spark.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "") # each package has one of its own, the first line of its description
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL runtime dev tools)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME ${library_package})
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
# Users' own packages depend on the version that they were built with or a later one: within a minor version the libraries stay
# compatible. CPack knows these two for all components only; no other has a shared library.
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/packaging/triggers)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION "durable background jobs for C++20: libraries\nWhat programs that were built with kue or spark need to run.")

set(CPACK_DEBIAN_DEV_PACKAGE_NAME libspark-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "${same_version}, libfmt-dev")
set(CPACK_DEBIAN_DEV_PACKAGE_RECOMMENDS "pkg-config, spark-tools")
set(CPACK_DEBIAN_DEV_PACKAGE_SUGGESTS "libgtest-dev, libcpp-httplib-dev, libboost1.81-dev")
set(CPACK_COMPONENT_DEV_DESCRIPTION "durable background jobs for C++20: development files\nHeaders, libraries, CMake and pkg-config files of kue and spark, and the\ntest kit for programs that use them.")

set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME spark-tools)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_TOOLS_PACKAGE_DEPENDS "${same_version}")
set(CPACK_COMPONENT_TOOLS_DESCRIPTION "durable background jobs for C++20: programs\nspark looks after queues and jobs, starts workers and writes new\napplications; kue-checker judges the history of a store.")

set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${PROJECT_BINARY_DIR}/src) # our own libraries are no package yet
include(CPack)
