#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "scene.hpp"

namespace viz::replay::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// One included after twelve seconds, seen by two sources; one known by name only.
struct Recorded : Scene {
    Recorded() {
        add(bus::TxSeen{.hash = hash_of(1)}, 1'700'000'000'000, "node-a");
        add(bus::TxSeen{.hash = hash_of(1)}, 1'700'000'000'040, "node,\"b\"");
        add(decoded(1));
        add(bus::TxConfirmedProvisional{.hash = hash_of(1),
                                        .sender = address_of(1),
                                        .nonce = 1,
                                        .block_number = bus::BlockNumber{100},
                                        .block_hash = hash_of(500),
                                        .block_timestamp_s = 1'700'000'012,
                                        .inclusion_delay_ms = 12'000});
        add(bus::BlockRecord{.number = bus::BlockNumber{100},
                             .hash = hash_of(500),
                             .parent_hash = hash_of(499),
                             .timestamp_s = 1'700'000'012});
        add(bus::TxSeen{.hash = hash_of(2)}, 1'700'000'005'000, "node-a", 10);
    }
};

TEST(Export, WritesTransactionsAsCsv) {
    Recorded recorded;
    const auto hex = [](std::uint64_t n) { return eth::to_hex(hash_of(n).view()); };
    const auto said = run({"export", recorded.path, "--csv"});
    EXPECT_EQ(said.status, 0) << said.error;
    EXPECT_THAT(
        said.lines(),
        ElementsAre("timestamp_ms,hash,chain_id,from,to,value,nonce,gas,gas_price,gas_tip_cap,"
                    "gas_fee_cap,data_size,data_4bytes,sources,included_at_block_height,"
                    "included_block_timestamp_ms,inclusion_delay_ms,tx_type",
                    "1700000000000," + hex(1) +
                        ",1,0xbb00000000000000000000000000000000000001,"
                        "0xbb00000000000000000000000000000000000007,1000000,1,21000,30000000000,"
                        "2000000000,30000000000,68,0xa9059cbb,\"node-a node,\"\"b\"\"\",100,"
                        "1700000012000,12000,2",
                    "1700000005000," + hex(2) + ",10,,,,,,,,,,,node-a,,,,"));
}

TEST(Export, WritesTransactionsAsJsonLines) {
    Recorded recorded;
    const auto lines = run({"export", recorded.path}).lines();
    ASSERT_THAT(lines, SizeIs(2));
    const auto tx = json::parse(lines[0]);
    EXPECT_EQ(tx["sources"], json({"node-a", "node,\"b\""}));
    EXPECT_EQ(tx["value"], "1000000");
    EXPECT_EQ(tx["included_block_timestamp_ms"], 1'700'000'012'000);
    EXPECT_EQ(tx.size(), 18u);
    EXPECT_TRUE(json::parse(lines[1])["from"].is_null());
}

TEST(Export, WritesWhichSourceSawWhatWhen) {
    Recorded recorded;
    const auto said = run({"export", recorded.path, "--csv", "--what", "sources"});
    const auto first = eth::to_hex(hash_of(1).view());
    EXPECT_THAT(said.lines(),
                ElementsAre("timestamp_ms,hash,source", "1700000000000," + first + ",node-a",
                            "1700000000040," + first + ",\"node,\"\"b\"\"\"",
                            "1700000005000," + eth::to_hex(hash_of(2).view()) + ",node-a"));
}

TEST(Export, KeepsToTheWindowAndTheChains) {
    Recorded recorded;
    EXPECT_THAT(run({"export", recorded.path, "--chain", "10"}).lines(), SizeIs(1));
    EXPECT_THAT(run({"export", recorded.path, "--chain", "10", "--chain", "1"}).lines(), SizeIs(2));
    EXPECT_THAT(run({"export", recorded.path, "--until", "1700000000000"}).lines(), SizeIs(1));
    EXPECT_THAT(run({"export", recorded.path, "--since", "2023-11-14T22:13:25Z"}).lines(),
                SizeIs(1));
    EXPECT_THAT(run({"export", recorded.path, "--since", "1700000005001"}).lines(), IsEmpty());
}

TEST(Export, GoesThroughManyPages) {
    Scene scene;
    scene.fill(5'000);
    EXPECT_THAT(run({"export", scene.path}).lines(), SizeIs(5'000));
    EXPECT_THAT(run({"export", scene.path, "--what", "sources"}).lines(), SizeIs(5'000));
}

TEST(Export, AFileIsWholeOrAbsent) {
    Recorded recorded;
    const auto file = recorded.dir.file("out.csv");
    EXPECT_EQ(run({"export", recorded.path, "--csv", "-o", file}).status, 0);
    EXPECT_TRUE(std::filesystem::exists(file));
    EXPECT_FALSE(std::filesystem::exists(file + ".part"));
    EXPECT_EQ(run({"export", recorded.path, "-o", "/proc/none/out"}).status, 3);
    EXPECT_EQ(run({"export", recorded.path, "-o", recorded.dir.file("none/out")}).status, 3);
}

} // namespace
} // namespace viz::replay::test
