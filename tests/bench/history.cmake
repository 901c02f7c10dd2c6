viz_bench(make_log SOURCES ${CMAKE_CURRENT_LIST_DIR}/make_log.cpp LIBS viz_storage)
