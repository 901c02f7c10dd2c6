viz_fuzz(http_query_fuzz SOURCES http_query_fuzz.cpp LIBS viz_http CORPUS seeds/http_query)
