viz_bench(evm_bench SOURCES ${CMAKE_CURRENT_LIST_DIR}/evm_bench.cpp LIBS viz_state nlohmann_json::nlohmann_json)
