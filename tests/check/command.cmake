# tests/check/command.cmake - the program `convene check` itself: bad input, switches, its report for programs.
if(NOT TARGET convene)
  return()
endif()
add_test(NAME check_command
  COMMAND ${ZMQ_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/command_test.py $<TARGET_FILE:convene> ${zoo}
          ${CMAKE_BINARY_DIR}/plugins ${CMAKE_SOURCE_DIR})
set_tests_properties(check_command PROPERTIES TIMEOUT 300)
