viz_bench(precompiles_bench SOURCES ${CMAKE_CURRENT_LIST_DIR}/precompiles_bench.cpp LIBS viz_evm_precompiles benchmark::benchmark_main)
