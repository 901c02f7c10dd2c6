viz_bench(search_bench SOURCES ${CMAKE_CURRENT_LIST_DIR}/search_bench.cpp LIBS viz_search benchmark::benchmark_main)
