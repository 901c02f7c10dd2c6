#include <gtest/gtest.h>

#include "components/eth/hex.hpp"
#include "components/eth/trie_root.hpp"

namespace viz::eth {
namespace {

Bytes text(std::string_view value) {
    return {value.begin(), value.end()};
}

std::string root(const std::vector<std::pair<std::string_view, std::string_view>>& pairs) {
    std::map<Bytes, Bytes> entries;
    for (const auto& [key, value] : pairs) entries[text(key)] = text(value);
    return to_hex(trie_root(entries).view());
}

TEST(TrieRoot, OfNothingIsTheWellKnownOne) {
    const std::string kEmpty = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";
    EXPECT_EQ(to_hex(empty_trie_root().view()), kEmpty);
    EXPECT_EQ(root({}), kEmpty);
    EXPECT_EQ(to_hex(ordered_trie_root({}).view()), kEmpty);
}

// ethereum/tests TrieTests/trieanyorder.json: leaf, extension, branch, and a branch with a value.
TEST(TrieRoot, OfTheOfficialExamples) {
    EXPECT_EQ(root({{"A", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}),
              "0xd23786fb4a010da3ce639d66d5e904a11dbc02746d1ce25029e53290cabf28ab");
    EXPECT_EQ(root({{"doe", "reindeer"}, {"dog", "puppy"}, {"dogglesworth", "cat"}}),
              "0x8aad789dff2f538bca5d8ea56e8abe10f4c7ba3a5dea95fea4cd6e7c3a1168d3");
    EXPECT_EQ(root({{"do", "verb"}, {"horse", "stallion"}, {"doge", "coin"}, {"dog", "puppy"}}),
              "0x5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84");
}

TEST(TrieRoot, OfAListDependsOnEveryValueAndItsPlace) {
    std::vector<Bytes> values;
    std::vector<Hash> roots;
    for (std::uint8_t i = 0; i < 200; ++i) {
        values.emplace_back(40, i);
        roots.push_back(ordered_trie_root(values));
    }
    std::sort(roots.begin(), roots.end());
    EXPECT_EQ(std::adjacent_find(roots.begin(), roots.end()), roots.end());
    const auto before = ordered_trie_root(values);
    std::swap(values[127], values[128]); // where the index's encoding grows to two bytes
    EXPECT_NE(ordered_trie_root(values), before);
}

} // namespace
} // namespace viz::eth
