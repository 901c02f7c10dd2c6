viz_bench(ingest_bench SOURCES ingest_bench.cpp LIBS viz_ingest viz_fake_node)
