viz_bench(builder_bench SOURCES ${CMAKE_CURRENT_LIST_DIR}/builder_bench.cpp
  LIBS viz_builder benchmark::benchmark_main)
