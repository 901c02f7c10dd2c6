#include "tests/support/paths.hpp"

#include <cstdlib>

namespace viz::test {

std::filesystem::path source_dir() {
    return VIZ_SOURCE_DIR;
}

std::filesystem::path corpus_dir() {
    const char* named = std::getenv("CORPUS_DIR");
    return named != nullptr ? std::filesystem::path(named) : source_dir() / "../shared/corpus";
}

} // namespace viz::test
