viz_bench(eth_bench SOURCES ${CMAKE_CURRENT_LIST_DIR}/eth_bench.cpp LIBS viz_decode benchmark::benchmark_main nlohmann_json::nlohmann_json)
