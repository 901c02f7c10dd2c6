# cmake -DFILE=… -P capture.cmake PROGRAM ARGUMENT…: writes a program's output to a file.
math(EXPR last "${CMAKE_ARGC} - 1")
set(command)
foreach(index RANGE 4 ${last})
  list(APPEND command "${CMAKE_ARGV${index}}")
endforeach()
execute_process(COMMAND ${command} OUTPUT_FILE ${FILE} COMMAND_ERROR_IS_FATAL ANY)
