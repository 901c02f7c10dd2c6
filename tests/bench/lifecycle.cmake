viz_bench(lifecycle_bench SOURCES ${CMAKE_CURRENT_LIST_DIR}/lifecycle_bench.cpp LIBS viz_lifecycle benchmark::benchmark_main)
