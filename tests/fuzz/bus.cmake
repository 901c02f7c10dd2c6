viz_fuzz(bridge_fuzz SOURCES bridge_fuzz.cpp LIBS viz_bus PkgConfig::ZMQ CORPUS seeds/bridge)
viz_fuzz(bus_message_fuzz SOURCES bus_message_fuzz.cpp LIBS viz_messages CORPUS seeds/bus_message)
