viz_fuzz(record_files_fuzz SOURCES record_files_fuzz.cpp LIBS viz_storage CORPUS seeds/record_files)
