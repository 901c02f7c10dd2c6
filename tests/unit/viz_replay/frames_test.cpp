#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "scene.hpp"

namespace viz::replay::test {
namespace {

using nlohmann::json;
using testing::SizeIs;

TEST(Frames, NameThePendingSetAtEachStep) {
    Scene scene;
    scene.add(decoded(1));
    scene.add(decoded(2));
    scene.add(bus::TxDropped{.hash = hash_of(1)});
    const auto lines = run({"frames", scene.path, "--every", "1", "--hashes"}).lines();
    ASSERT_THAT(lines, SizeIs(3));
    const auto two = json::parse(lines[1]);
    EXPECT_EQ(two["seq_id"], 2);
    EXPECT_EQ(two["pending_count"], 2);
    EXPECT_EQ(two["checkpoint_hash"],
              eth::to_hex(bus::checkpoint_hash({hash_of(1), hash_of(2)}).view()));
    EXPECT_EQ(json::parse(lines[2])["pending"], json::array({eth::to_hex(hash_of(2).view())}));
}

TEST(Frames, AreTheSameForTheSameLogInAnotherFile) {
    const auto frames = [] {
        Scene scene;
        scene.fill(3'000);
        return run({"frames", scene.path, "--every", "500", "--csv"}).out;
    };
    const auto once = frames();
    EXPECT_GT(once.size(), 500u);
    EXPECT_EQ(once, frames());
}

// Pinned: another build or machine must come to the same.
TEST(Frames, OfAKnownLogHaveAKnownHash) {
    Scene scene;
    scene.fill(1'000);
    const auto lines = run({"frames", scene.path, "--csv"}).lines();
    ASSERT_THAT(lines, SizeIs(2));
    EXPECT_EQ(lines[1], "2334,1700000000999,666,"
                        "0xb73e65a93529ab4c6f3373c4889638bf86712dcbcc69a8440917d2958e45833d");
}

TEST(Frames, KeepToChainsAndRanges) {
    Scene scene;
    scene.add(decoded(1));
    scene.add(decoded(2), 1'700'000'000'500, "node-a", 10);
    scene.add(decoded(3));
    const auto of_ten = run({"frames", scene.path, "--chain", "10", "--csv"}).lines();
    EXPECT_THAT(of_ten.back(), testing::HasSubstr(",1,0x"));
    EXPECT_THAT(run({"frames", scene.path, "--every", "1", "--from", "2", "--to", "2"}).lines(),
                SizeIs(1));
    EXPECT_THAT(run({"frames", scene.path, "--every", "1", "--since", "1700000000001"}).lines(),
                SizeIs(1));
}

} // namespace
} // namespace viz::replay::test
