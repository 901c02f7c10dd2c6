viz_fuzz(relay_answer_fuzz SOURCES relay_answer_fuzz.cpp LIBS viz_builder CORPUS seeds/relay_answer)
