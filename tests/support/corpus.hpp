// The optional test corpus: real blocks and official vectors.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/paths.hpp"

namespace viz::test {

inline bool has_corpus() {
    return std::filesystem::is_directory(corpus_dir());
}

inline std::string read_text(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + path.string());
    std::ostringstream text;
    text << in.rdbuf();
    return std::move(text).str();
}

// Every file of that name's ending below `folder`, in order.
inline std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder,
                                                      const std::string& ending = ".json") {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file() && entry.path().extension() == ending)
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

} // namespace viz::test

// A test of the corpus says so when the corpus is not there.
#define VIZ_NEEDS_CORPUS()                                                                         \
    if (!viz::test::has_corpus())                                                                  \
    GTEST_SKIP() << "no test corpus at " << viz::test::corpus_dir() << " (set CORPUS_DIR)"
