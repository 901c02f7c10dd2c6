# Writes the files NAMES (separated by |) of FOLDER as the table of http/embedded.hpp. As bytes: no text
# can end a literal, and compilers do not limit the length of an array.
string(REPLACE "|" ";" names "${NAMES}")
set(arrays "")
set(rows "")
set(count 0)
foreach(name IN LISTS names)
  file(READ ${FOLDER}/${name} bytes HEX)
  string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${bytes}")
  string(APPEND arrays "constexpr char kFile${count}[] = {${bytes}};\n")
  string(APPEND rows "    EmbeddedFile{\"${name}\", {kFile${count}, sizeof kFile${count}}},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUTPUT} "#include \"http/embedded.hpp\"

namespace viz::http {

namespace {
${arrays}
constexpr EmbeddedFile kFiles[] = {
${rows}};
} // namespace

std::span<const EmbeddedFile> embedded_files() {
    return kFiles;
}

} // namespace viz::http
")
