# Writes INPUT as the C++ function that returns its text, in pieces a compiler accepts.
file(READ ${INPUT} text)
string(LENGTH "${text}" length)
set(pieces "")
set(at 0)
while(at LESS length)
  string(SUBSTRING "${text}" ${at} 8000 piece)
  string(APPEND pieces "    out += R\"embedded(${piece})embedded\";\n")
  math(EXPR at "${at} + 8000")
endwhile()
file(WRITE ${OUTPUT}
  "#include \"http/openapi.hpp\"\n\nnamespace viz::http {\n\nstd::string openapi_document() {\n    std::string out;\n${pieces}    return out;\n}\n\n} // namespace viz::http\n")
