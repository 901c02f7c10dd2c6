viz_bench(pipeline_bench SOURCES pipeline_bench.cpp LIBS viz_runtime viz_fake_node viz_mainnet_load)

# The node of tools/perf_tx_pipeline_baseline.sh. Part of the whole build: the tool's test runs it.
if(VIZ_BENCH)
  add_executable(pipeline_load pipeline_load.cpp)
  target_link_libraries(pipeline_load PRIVATE viz_options viz_fake_node viz_mainnet_load)
endif()
