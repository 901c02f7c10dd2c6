viz_bench(bus_bench SOURCES bus_bench.cpp LIBS viz_bus PkgConfig::ZMQ)
