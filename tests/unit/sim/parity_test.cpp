#include "components/sim/parity.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "components/eth/hex.hpp"
#include "tests/support/values.hpp"

namespace viz::sim {
namespace {

using nlohmann::json;
using state::AdvanceEnd;
using test::address_of;
using test::hash_of;

struct Paritied : testing::Test {
    Paritied() {
        for (std::uint64_t n = 0; n < 2; ++n) {
            block.hashes.push_back(hash_of(n));
            simulated.add(hash_of(n));
            evm::TransactionResult result;
            result.gas_used = 21'000 + n;
            result.logs = {{address_of(n), {hash_of(7)}, {1, 2}}};
            executed.results.push_back(result);
            receipts.push_back(
                {{"status", "0x1"},
                 {"gasUsed", eth::quantity_hex(21'000 + n)},
                 {"logs", json::array({{{"address", eth::to_hex(address_of(n).view())},
                                        {"topics", {eth::to_hex(hash_of(7).view())}},
                                        {"data", "0x0102"}}})}});
        }
    }
    std::vector<Parity> with_receipts() const {
        const json reply{{"jsonrpc", "2.0"}, {"id", 1}, {"result", receipts}};
        return parity_of(block, AdvanceEnd::another_outcome, executed, simulated, reply.dump());
    }
    state::NodeBlock block;
    evm::BlockResult executed;
    RecentSimulations simulated;
    json receipts = json::array();
};

TEST_F(Paritied, ABlockWhoseHeaderWeReachHasOnlyMatches) {
    const auto found = parity_of(block, AdvanceEnd::advanced, executed, simulated, "");
    ASSERT_EQ(found.size(), 2u);
    for (const auto& each : found) EXPECT_EQ(each.result, ParityResult::match);
}

TEST_F(Paritied, OnlyWhatWasSimulatedCounts) {
    block.hashes.push_back(hash_of(99));
    EXPECT_EQ(parity_of(block, AdvanceEnd::advanced, executed, simulated, "").size(), 2u);
}

TEST_F(Paritied, TheReceiptThatDiffersIsNamedWithBothFigures) {
    receipts[1]["gasUsed"] = "0x5209";
    EXPECT_EQ(with_receipts()[1].result, ParityResult::match) << "21,001";
    receipts[1]["gasUsed"] = "0x520a";
    const auto found = with_receipts();
    EXPECT_EQ(found[0].result, ParityResult::match);
    EXPECT_EQ(found[1].result, ParityResult::mismatch);
    EXPECT_EQ(found[1].differs, "gas_used: 21001 here, 21002 in the receipt");
}

TEST_F(Paritied, StatusAndEveryPartOfALogAreCompared) {
    const auto good = receipts;
    const auto differs_with = [&](auto change) {
        receipts = good;
        change(receipts[0]);
        return with_receipts()[0].differs;
    };
    EXPECT_EQ(differs_with([](json& r) { r["status"] = "0x0"; }),
              "status: 1 here, 0 in the receipt");
    EXPECT_EQ(differs_with([](json& r) { r["logs"] = json::array(); }), "logs");
    EXPECT_EQ(differs_with([](json& r) { r["logs"][0]["data"] = "0x0103"; }), "logs");
    EXPECT_EQ(differs_with([](json& r) { r["logs"][0]["topics"] = json::array(); }), "logs");
    EXPECT_EQ(
        differs_with([](json& r) { r["logs"][0]["address"] = eth::to_hex(address_of(5).view()); }),
        "logs");
    EXPECT_EQ(differs_with([](json& r) { r["gasUsed"] = 5; }),
              "gas_used: 21000 here, nothing in the receipt");
}

TEST_F(Paritied, WithoutTheBlockOrItsReceiptsNothingIsClaimed) {
    for (const auto* reply : {"", "not json", "{}", R"({"result":null})", R"({"result":[]})"})
        for (const auto& each :
             parity_of(block, AdvanceEnd::another_outcome, executed, simulated, reply))
            EXPECT_EQ(each.result, ParityResult::unchecked) << reply;
    for (const auto& each : parity_of(block, AdvanceEnd::incomplete, executed, simulated, ""))
        EXPECT_EQ(each.result, ParityResult::unchecked);
}

TEST(RecentSimulationsSet, ForgetsTheOldest) {
    RecentSimulations lately;
    for (std::uint64_t n = 0; n <= RecentSimulations::kMost; ++n) lately.add(hash_of(n));
    EXPECT_EQ(lately.size(), RecentSimulations::kMost);
    EXPECT_FALSE(lately.contains(hash_of(0)));
    EXPECT_TRUE(lately.contains(hash_of(1)));
}

} // namespace
} // namespace viz::sim
