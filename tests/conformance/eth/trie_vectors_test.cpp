// ethereum/tests, TrieTests: roots of whole tries. (Vectors that delete keys give the trie that
// remains.)
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "components/eth/hex.hpp"
#include "components/eth/keccak.hpp"
#include "components/eth/trie_root.hpp"
#include "tests/support/corpus.hpp"

namespace viz::eth {
namespace {

using nlohmann::json;

Bytes to_bytes(const json& text) {
    const auto value = text.get<std::string>();
    if (value.starts_with("0x")) return *bytes_from_hex(value);
    return {value.begin(), value.end()};
}

std::map<Bytes, Bytes> remaining(const json& in, bool secure) {
    std::map<Bytes, Bytes> entries;
    const auto apply = [&](Bytes key, const json& value) {
        if (secure) {
            const auto hashed = keccak256(key);
            key.assign(hashed.bytes.begin(), hashed.bytes.end());
        }
        if (value.is_null())
            entries.erase(key);
        else
            entries[key] = to_bytes(value);
    };
    if (in.is_array())
        for (const auto& pair : in) apply(to_bytes(pair[0]), pair[1]);
    else
        for (const auto& [key, value] : in.items()) apply(to_bytes(json(key)), value);
    return entries;
}

TEST(TrieVectors, RootsAreTheOfficialOnes) {
    VIZ_NEEDS_CORPUS();
    std::size_t checked = 0;
    for (const auto& file : test::files_below(test::corpus_dir() / "ethereum-tests/TrieTests")) {
        const auto stem = file.stem().string();
        if (stem == "trietestnextprev") continue; // about iteration, which we do not have
        const bool secure = stem.find("secure") != std::string::npos;
        const auto tests = json::parse(test::read_text(file));
        for (const auto& [name, vector] : tests.items()) {
            const auto entries = remaining(vector["in"], secure);
            EXPECT_EQ(to_hex(trie_root(entries).view()), vector["root"]) << stem << " " << name;
            ++checked;
        }
    }
    EXPECT_GT(checked, 10u);
}

} // namespace
} // namespace viz::eth
