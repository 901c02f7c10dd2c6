viz_fuzz(state_fetch_fuzz SOURCES state_fetch_fuzz.cpp LIBS viz_state CORPUS seeds/state_fetch)
