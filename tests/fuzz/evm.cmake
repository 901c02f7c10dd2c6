viz_fuzz(evm_differential_fuzz SOURCES evm_differential_fuzz.cpp LIBS viz_reference_evm
  CORPUS seeds/evm_differential)
viz_fuzz(evm_transaction_fuzz SOURCES evm_transaction_fuzz.cpp LIBS viz_reference_evm
  CORPUS seeds/evm_transaction)
