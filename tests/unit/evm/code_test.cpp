#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "components/eth/hex.hpp"
#include "components/eth/keccak.hpp"
#include "components/evm/code_cache.hpp"

namespace viz::evm {
namespace {

Code code_of(const std::string& hex) {
    return Code(eth::bytes_from_hex("0x" + hex).value(), {});
}

TEST(Code, DestinationsAreInstructionsAndNotPushedBytes) {
    const auto code = code_of("5b605b5b7f5b5b");
    EXPECT_TRUE(code.is_jump_destination(0));
    EXPECT_FALSE(code.is_jump_destination(2)); // pushed
    EXPECT_TRUE(code.is_jump_destination(3));
    EXPECT_FALSE(code.is_jump_destination(5)); // pushed by a PUSH32 that the end cuts
    EXPECT_FALSE(code.is_jump_destination(6));
    EXPECT_FALSE(code.is_jump_destination(7));
    EXPECT_FALSE(code.is_jump_destination(~std::uint64_t{0}));
}

TEST(Code, IsFollowedByWhatAPushReadsAndAStop) {
    const auto code = code_of("7f");
    EXPECT_EQ(code.size(), 1u);
    for (std::size_t i = 1; i <= Code::kPadding; ++i) EXPECT_EQ(code.data()[i], 0);
}

TEST(Code, NamesWhoseCodeADesignatorStandsFor) { // EIP-7702
    const eth::Address target{{{0xab}}};
    const auto bytes = delegation_designator(target);
    EXPECT_EQ(bytes.size(), 23u);
    EXPECT_EQ(Code(bytes, {}).delegate(), target);
    auto longer = bytes;
    longer.push_back(0);
    EXPECT_FALSE(Code(longer, {}).delegate());
    EXPECT_FALSE(code_of("ef0101" + std::string(40, '0')).delegate());
}

eth::Hash keep(CodeCache& cache, std::uint8_t first, std::size_t size) {
    eth::Bytes code(size, first);
    const auto hash = eth::keccak256(code);
    cache.insert(hash, code);
    return hash;
}

TEST(CodeCache, GivesTheSameCodeAgain) {
    CodeCache cache;
    const auto hash = keep(cache, 1, 100);
    const auto code = cache.find(hash);
    ASSERT_TRUE(code);
    EXPECT_EQ(code->size(), 100u);
    EXPECT_EQ(cache.find(hash), code);
    EXPECT_FALSE(cache.find({}));
}

TEST(CodeCache, StaysInItsBoundsByForgettingWhatWasUsedLongestAgo) {
    CodeCache cache(16 * 4096);
    std::vector<eth::Hash> hashes;
    for (int i = 0; i < 200; ++i) {
        hashes.push_back(
            keep(cache, static_cast<std::uint8_t>(i), 1000 + static_cast<std::size_t>(i)));
        cache.find(hashes.front()); // in use all the time
    }
    EXPECT_LE(cache.bytes(), 16u * 4096);
    EXPECT_TRUE(cache.find(hashes.front()));
    EXPECT_TRUE(cache.find(hashes.back()));
    EXPECT_FALSE(cache.find(hashes[1]));
}

TEST(CodeCache, IsSharedByThreads) {
    CodeCache cache(16 * 1024); // so small that they drive out what the others use
    std::atomic<int> wrong{0};
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&] {
                for (int i = 0; i < 2'000; ++i) {
                    const auto first = static_cast<std::uint8_t>(i % 50);
                    const auto hash = keep(cache, first, 300);
                    const auto code = cache.find(hash);
                    if (code && code->bytes()[299] != first) ++wrong;
                }
            });
    }
    EXPECT_EQ(wrong, 0);
    EXPECT_LE(cache.bytes(), 16u * 1024);
}

TEST(CodeCache, CodeInUseOutlivesItsPlaceInTheCache) {
    CodeCache cache(16);
    const auto code = cache.insert({}, eth::Bytes(100, 0x5b));
    EXPECT_TRUE(code->is_jump_destination(99));
}

} // namespace
} // namespace viz::evm
