viz_bench(storage_bench SOURCES ${CMAKE_CURRENT_LIST_DIR}/storage_bench.cpp LIBS viz_storage benchmark::benchmark_main)
