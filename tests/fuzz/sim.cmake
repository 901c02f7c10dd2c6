viz_fuzz(node_block_fuzz SOURCES node_block_fuzz.cpp LIBS viz_sim CORPUS seeds/node_block)
viz_fuzz(sim_case_fuzz SOURCES sim_case_fuzz.cpp LIBS viz_sim CORPUS seeds/sim_case)
