viz_fuzz(precompiles_fuzz SOURCES precompiles_fuzz.cpp LIBS viz_evm_precompiles CORPUS seeds/precompiles)
