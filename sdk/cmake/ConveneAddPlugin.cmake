# sdk/cmake/ConveneAddPlugin.cmake - convene_add_plugin(): the one call that builds a plugin as the host wants it.
#
#   convene_add_plugin(policy_mine policy_mine.cpp)
#
# builds plugins/policy_mine.so: only `convene_entry_v1` visible, no unique symbols, own symbols bound first. Needs
# nothing but the headers in sdk/include; any further library is yours to link with target_link_libraries().
set(CONVENE_EXPORTS_MAP ${CMAKE_CURRENT_LIST_DIR}/plugin.map)

function(convene_add_plugin name)
  add_library(${name} MODULE ${ARGN})
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so"
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
endfunction()
