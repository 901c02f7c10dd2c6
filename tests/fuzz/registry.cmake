viz_fuzz(registry_fuzz SOURCES registry_fuzz.cpp LIBS viz_features CORPUS seeds/registry)
