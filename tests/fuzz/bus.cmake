viz_fuzz(bus_message_fuzz SOURCES bus_message_fuzz.cpp LIBS viz_messages CORPUS seeds/bus_message)
