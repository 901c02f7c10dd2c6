viz_fuzz(node_json_fuzz SOURCES node_json_fuzz.cpp LIBS viz_ingest CORPUS seeds/node_json)
