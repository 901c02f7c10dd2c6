viz_bench(http_bench SOURCES http_bench.cpp LIBS viz_http)
