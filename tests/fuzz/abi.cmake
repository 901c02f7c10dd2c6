viz_fuzz(abi_fuzz SOURCES abi_fuzz.cpp LIBS viz_eth CORPUS seeds/abi)
