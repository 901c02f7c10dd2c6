viz_fuzz(rlp_fuzz SOURCES rlp_fuzz.cpp LIBS viz_eth CORPUS seeds/rlp)
viz_fuzz(transaction_fuzz SOURCES transaction_fuzz.cpp LIBS viz_eth CORPUS seeds/transaction)
viz_fuzz(transaction_json_fuzz SOURCES transaction_json_fuzz.cpp LIBS viz_decode CORPUS seeds/transaction_json)
viz_fuzz(json_reader_fuzz SOURCES json_reader_fuzz.cpp LIBS viz_eth CORPUS seeds/transaction_json)
