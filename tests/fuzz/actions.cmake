viz_fuzz(actions_fuzz SOURCES actions_fuzz.cpp LIBS viz_features viz_eth CORPUS seeds/actions)
