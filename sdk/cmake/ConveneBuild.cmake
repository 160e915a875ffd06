# sdk/cmake/ConveneBuild.cmake - how this repository builds its own parts: flags, tests, tools that make it fast.
include(ConveneAddPlugin)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # Precompiled headers are cached by content: see the manual of ccache on PCH. Paths count relative to the sources,
  # so that a second checkout finds what the first one compiled.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE_PROGRAM})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wno-missing-field-initializers -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
endif()
if(CONVENE_SANITIZE)
  # What is undefined ends the program as well: nobody reads the standard error of a test that passes.
  add_compile_options(-fsanitize=${CONVENE_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${CONVENE_SANITIZE})
endif()

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url filesystem)
find_package(spdlog REQUIRED)
find_package(GTest)
find_package(cppzmq REQUIRED)
find_library(SOCI_CORE soci_core REQUIRED)  # Debian ships SOCI without a package file of its own
find_library(SOCI_SQLITE3 soci_sqlite3 REQUIRED)
add_library(convene_soci INTERFACE)
target_link_libraries(convene_soci INTERFACE ${SOCI_SQLITE3} ${SOCI_CORE} ${CMAKE_DL_LIBS})
if(CONVENE_SANITIZE MATCHES "undefined")
  target_compile_options(convene_soci INTERFACE -fno-sanitize=vptr)  # asks for type information that SOCI does not export
endif()
find_package(CLI11 REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(SQLITE3 REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(QRENCODE REQUIRED IMPORTED_TARGET libqrencode)

# convene_library(NAME SOURCES... LINK targets...): a static library of the product. Includes are written from the
# top of the repository ("core/model/ids.hpp"), those of the SDK as a plugin writes them ("convene/abi.h").
function(convene_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK;PCH" ${ARGN})
  if(arg_SOURCES)
    add_library(${name} STATIC ${arg_SOURCES})
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC ${arg_LINK})
    if(arg_PCH)
      target_precompile_headers(${name} PRIVATE ${arg_PCH})
    endif()
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} INTERFACE ${arg_LINK})
  endif()
endfunction()

# convene_test(NAME SOURCES... LINK targets... [TIMEOUT s] [LABELS ...]): one GoogleTest program, one line in CTest.
# Needed plugins are found by tests through the macro CONVENE_PLUGIN_DIR, programs through CONVENE_BIN_DIR.
function(convene_test name)
  if(NOT CONVENE_TESTS)
    return()
  endif()
  cmake_parse_arguments(arg "SERIAL" "TIMEOUT" "SOURCES;LINK;LABELS;DEPENDS;PCH" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_definitions(${name} PRIVATE
    CONVENE_PLUGIN_DIR="${CMAKE_BINARY_DIR}/plugins"
    CONVENE_BIN_DIR="${CMAKE_BINARY_DIR}/bin"
    CONVENE_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
    CONVENE_BUILD_DIR="${CMAKE_BINARY_DIR}")
  target_link_libraries(${name} PRIVATE ${arg_LINK} GTest::gtest GTest::gtest_main)
  if(arg_PCH)
    target_precompile_headers(${name} PRIVATE ${arg_PCH})
  endif()
  if(arg_DEPENDS)
    add_dependencies(${name} ${arg_DEPENDS})
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  add_test(NAME ${name} COMMAND ${name} --gtest_color=no)
  # Every bus message that a test sends is written down and checked against its schema at the end (tests/bus).
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}" RUN_SERIAL "${arg_SERIAL}"
    ENVIRONMENT "CONVENE_BUS_TRACE=${CMAKE_BINARY_DIR}/bus_trace")
  set_property(GLOBAL APPEND PROPERTY CONVENE_TRACED_TESTS ${name})
endfunction()
