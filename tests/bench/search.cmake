viz_bench(search_bench SOURCES ${CMAKE_CURRENT_LIST_DIR}/search_bench.cpp LIBS viz_search benchmark::benchmark_main)
# The market of the conformance tests: Uniswap's contracts from the devnet's packages.
viz_bench(find_bench
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/find_bench.cpp
          ${PROJECT_SOURCE_DIR}/tests/conformance/search/contracts.cpp
  LIBS viz_search viz_sim nlohmann_json::nlohmann_json benchmark::benchmark_main GTest::gtest)
