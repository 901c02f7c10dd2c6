viz_bench(features_bench SOURCES ${CMAKE_CURRENT_LIST_DIR}/features_bench.cpp LIBS viz_features benchmark::benchmark_main)
