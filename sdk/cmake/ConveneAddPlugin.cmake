# sdk/cmake/ConveneAddPlugin.cmake - convene_add_plugin() and convene_add_plugin_test(): a plugin as the host wants it.
#
#   convene_add_plugin(policy_mine policy_mine.cpp)
#
# builds plugins/policy_mine.so: only `convene_entry_v1` visible, no unique symbols, own symbols bound first. Needs
# nothing but the headers in sdk/include; any further library is yours to link with target_link_libraries().
#
#   convene_add_plugin_test(policy_mine_test policy_mine policy_mine_test.cpp)
#
# builds a GoogleTest program from the plugin's own sources and the test's, and has CTest run it. The headers in
# convene/testing/ ask a policy, a service, a channel or an adapter as a host does.
set(CONVENE_EXPORTS_MAP ${CMAKE_CURRENT_LIST_DIR}/plugin.map)

function(convene_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so"
    CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins
    SKIP_BUILD_RPATH ON INSTALL_RPATH ""
    LINK_DEPENDS ${CONVENE_EXPORTS_MAP})
  target_link_libraries(${name} PRIVATE Convene::sdk)
  target_compile_options(${name} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
  target_link_options(${name} PRIVATE
    -Wl,--version-script=${CONVENE_EXPORTS_MAP} -Wl,-Bsymbolic -Wl,-z,now -Wl,-z,relro)
  # The host loads nothing that others may write, whatever the umask of whoever builds.
  add_custom_command(TARGET ${name} POST_BUILD
    COMMAND chmod go-w $<TARGET_FILE:${name}> $<TARGET_FILE_DIR:${name}>)
  if(CONVENE_PLUGIN_DESTINATION)  # set by find_package(Convene)
    install(TARGETS ${name} LIBRARY DESTINATION ${CONVENE_PLUGIN_DESTINATION}
      PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  endif()
endfunction()

function(convene_add_plugin_test name plugin)
  find_package(GTest REQUIRED)  # Debian: libgtest-dev
  get_target_property(sources ${plugin} SOURCES)
  get_target_property(folder ${plugin} SOURCE_DIR)
  list(TRANSFORM sources PREPEND ${folder}/ REGEX "^[^/]")
  add_executable(${name} ${sources} ${ARGN})
  set_target_properties(${name} PROPERTIES CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF)
  target_include_directories(${name} PRIVATE $<TARGET_PROPERTY:${plugin},INCLUDE_DIRECTORIES>)
  target_link_libraries(${name} PRIVATE Convene::sdk GTest::gtest GTest::gtest_main)
  add_test(NAME ${name} COMMAND ${name})
endfunction()
