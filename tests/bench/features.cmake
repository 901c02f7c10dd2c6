viz_bench(features_bench SOURCES ${CMAKE_CURRENT_LIST_DIR}/features_bench.cpp LIBS viz_features viz_eth nlohmann_json::nlohmann_json benchmark::benchmark_main)
