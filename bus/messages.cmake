# The stream messages and their wire form, without sockets.
set(generated ${CMAKE_CURRENT_BINARY_DIR}/bus/events_generated.h)
file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/bus)
add_custom_command(
  OUTPUT ${generated}
  COMMAND flatc --cpp --scoped-enums --gen-mutable -o ${CMAKE_CURRENT_BINARY_DIR}/bus
          ${CMAKE_CURRENT_SOURCE_DIR}/events.fbs
  DEPENDS events.fbs
  COMMENT "flatc events.fbs")
add_custom_target(viz_messages_generated DEPENDS ${generated})

add_library(viz_messages STATIC
  action.cpp messages.cpp codec.cpp codec_candidate.cpp codec_envelope.cpp codec_opportunity.cpp event_json.cpp pending_set.cpp tap_report.cpp
  opportunity_fold.cpp transaction_fold.cpp)
add_dependencies(viz_messages viz_messages_generated)
# Generated code is compiled without the project's warnings.
target_include_directories(viz_messages SYSTEM PUBLIC ${CMAKE_CURRENT_BINARY_DIR})
target_link_libraries(viz_messages PUBLIC viz_options viz_eth)
