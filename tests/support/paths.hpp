// Where the sources and the optional corpus are. Compiled in one place, so that no other object
// file depends on the folder of the checkout: a compiler cache serves every clone.
#pragma once

#include <filesystem>

namespace viz::test {

std::filesystem::path source_dir();
// CORPUS_DIR, else ../shared/corpus beside the sources. It may be absent.
std::filesystem::path corpus_dir();

} // namespace viz::test
