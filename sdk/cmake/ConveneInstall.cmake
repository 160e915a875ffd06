# sdk/cmake/ConveneInstall.cmake - what `cmake --install` lays out under a prefix; included last, by the top CMakeLists.
#
#   bin/                    convene, convene-host, convene-web
#   include/convene/        the boundary and its C++ faces
#   lib/convene/plugins/    what we ship; nobody but the owner may write there, or the host loads nothing from it
#   share/cmake/Convene/    find_package(Convene), convene_add_plugin(), the version script
#   share/pkgconfig/        convene.pc, for other build systems
#   share/convene/          template/ (what `convene new` copies), python/, web/, schema/, config/
#   share/doc/convene/      README, licence, changes, and the documentation where ./dev docs has built it
#
# Everything finds everything else from its own place, so the prefix may be moved afterwards.
include(CMakePackageConfigHelpers)

set(programs convene)
foreach(program convene-web convene-host)
  if(TARGET ${program})
    list(APPEND programs ${program})
  endif()
endforeach()
install(TARGETS convene DESTINATION bin)
if(TARGET convene-host)
  install(TARGETS convene-host DESTINATION bin)
endif()

# Explicit rights: the host refuses a library that others may write, whatever the umask of whoever installs.
set(for_all_to_read OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
file(GLOB shipped RELATIVE ${CMAKE_SOURCE_DIR}/plugins CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/plugins/*_*/CMakeLists.txt)
list(TRANSFORM shipped REPLACE "/CMakeLists.txt" "")
install(DIRECTORY DESTINATION lib/convene/plugins DIRECTORY_PERMISSIONS ${for_all_to_read})
install(TARGETS ${shipped} LIBRARY DESTINATION lib/convene/plugins PERMISSIONS ${for_all_to_read})
# These run in the core unless a configuration says otherwise; whatever else is put there, in a process of its own.
install(FILES ${CMAKE_BINARY_DIR}/plugins/bundled.list DESTINATION lib/convene/plugins)
install(CODE "file(CHMOD \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/lib/convene/plugins\" PERMISSIONS ${for_all_to_read})")

# `cmake --build . --target product` builds what is installed, without tests and benchmarks.
add_custom_target(product DEPENDS ${programs} ${shipped})

install(TARGETS convene_sdk EXPORT ConveneTargets)
install(EXPORT ConveneTargets NAMESPACE Convene:: DESTINATION share/cmake/Convene)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/sdk/include/convene DESTINATION include FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
configure_package_config_file(${CMAKE_SOURCE_DIR}/sdk/cmake/ConveneConfig.cmake.in
  ${CMAKE_BINARY_DIR}/package/ConveneConfig.cmake INSTALL_DESTINATION share/cmake/Convene)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/package/ConveneConfigVersion.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
configure_file(${CMAKE_SOURCE_DIR}/sdk/cmake/convene.pc.in ${CMAKE_BINARY_DIR}/package/convene.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/package/ConveneConfig.cmake ${CMAKE_BINARY_DIR}/package/ConveneConfigVersion.cmake
  ${CMAKE_SOURCE_DIR}/sdk/cmake/ConveneAddPlugin.cmake ${CMAKE_SOURCE_DIR}/sdk/cmake/plugin.map
  DESTINATION share/cmake/Convene)
install(FILES ${CMAKE_BINARY_DIR}/package/convene.pc DESTINATION share/pkgconfig)

install(DIRECTORY ${CMAKE_SOURCE_DIR}/sdk/template DESTINATION share/convene)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/sdk/python DESTINATION share/convene FILES_MATCHING PATTERN "*.py")
install(DIRECTORY ${CMAKE_SOURCE_DIR}/sdk/bus/schema/ DESTINATION share/convene/schema/bus FILES_MATCHING PATTERN "*.json")
install(FILES ${CMAKE_SOURCE_DIR}/config/schema/convene.schema.json ${CMAKE_SOURCE_DIR}/core/check/report.schema.json
  DESTINATION share/convene/schema)
install(FILES ${CMAKE_SOURCE_DIR}/config/demo.toml ${CMAKE_SOURCE_DIR}/config/reference.toml ${CMAKE_SOURCE_DIR}/config/sim.toml
  ${CMAKE_SOURCE_DIR}/config/convene.service
  DESTINATION share/convene/config)
install(FILES ${CMAKE_SOURCE_DIR}/README.md ${CMAKE_SOURCE_DIR}/LICENSE ${CMAKE_SOURCE_DIR}/CHANGELOG.md
  DESTINATION share/doc/convene)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/build/docs/ DESTINATION share/doc/convene/html OPTIONAL)

# A program that has not been installed finds the same things beside its build folder, as it does pages.
foreach(folder template python)
  file(CREATE_LINK ${CMAKE_SOURCE_DIR}/sdk/${folder} ${CMAKE_BINARY_DIR}/share/${folder} SYMBOLIC)
endforeach()
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/share/convene/config)
file(CREATE_LINK ${CMAKE_SOURCE_DIR}/config/sim.toml ${CMAKE_BINARY_DIR}/share/convene/config/sim.toml SYMBOLIC)
