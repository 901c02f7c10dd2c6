// What all transactions of real blocks are understood as, by protocol: the table of the README.
#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "components/eth/hex.hpp"
#include "components/features/labeller.hpp"
#include "tests/support/corpus.hpp"

namespace viz::features {
namespace {

struct Row {
    int sent{};
    int with_actions{};
    std::set<std::string> actions; // types seen
};

struct Coverage {
    std::map<std::string, Row> by_protocol;
    int sent{};
    int calls{};        // of those, with a selector
    int known{};        // calls whose contract or method the registry has
    int named{};        // calls besides with a listed signature
    int with_actions{}; // of all sent
};

bus::DecodedTx transaction(const nlohmann::json& json) {
    bus::DecodedTx tx;
    tx.chain_id = eth::ChainId{1};
    tx.sender = *eth::address_from_hex(json["from"].get<std::string>());
    if (json["to"].is_string()) tx.to = eth::address_from_hex(json["to"].get<std::string>());
    tx.value = *eth::u256_from_hex(json["value"].get<std::string>());
    tx.calldata = *eth::bytes_from_hex(json["input"].get<std::string>());
    if (json.contains("blobVersionedHashes"))
        tx.blob_count = static_cast<std::uint32_t>(json["blobVersionedHashes"].size());
    return tx;
}

bool has_reason(const bus::Feature& feature, std::string_view beginning) {
    return std::any_of(feature.reasons.begin(), feature.reasons.end(),
                       [&](const std::string& reason) { return reason.starts_with(beginning); });
}

void count(const bus::DecodedTx& tx, const bus::Feature& feature, Coverage& all) {
    Row& row = all.by_protocol[feature.protocol];
    ++all.sent;
    ++row.sent;
    if (!feature.actions.empty()) {
        ++all.with_actions;
        ++row.with_actions;
    }
    for (const auto& action : feature.actions) row.actions.insert(action.type);
    if (!tx.to || tx.calldata.size() < 4) return;
    ++all.calls;
    if (feature.protocol != "unknown")
        ++all.known;
    else if (has_reason(feature, "method:"))
        ++all.named;
}

TEST(ActionCoverage, RealTransactionsAreLabelledAndDecoded) {
    VIZ_NEEDS_CORPUS();
    const Labeller labeller(ProtocolRegistry::built_in());
    Coverage all;
    for (const auto& path : test::files_below(test::corpus_dir() / "mainnet")) {
        if (path.filename() != "block.json") continue;
        auto block = nlohmann::json::parse(test::read_text(path));
        if (block.contains("result")) block = nlohmann::json(block["result"]);
        for (const auto& json : block["transactions"]) {
            const auto tx = transaction(json);
            count(tx, labeller.label(tx, {}), all);
        }
    }
    std::printf("| protocol | sent | with actions | actions |\n");
    for (const auto& [protocol, row] : all.by_protocol) {
        std::string types;
        for (const auto& type : row.actions) types += (types.empty() ? "" : ", ") + type;
        std::printf("| %s | %d | %d | %s |\n", protocol.c_str(), row.sent, row.with_actions,
                    types.c_str());
    }
    std::printf("sent %d, with actions %d; calls %d, known %d, named %d\n", all.sent,
                all.with_actions, all.calls, all.known, all.named);
    EXPECT_GE(all.with_actions * 100, all.sent * 90);
    EXPECT_GE((all.known + all.named) * 100, all.calls * 75);
    // Whatever a known protocol is asked for has a typed action.
    for (const auto& [protocol, row] : all.by_protocol)
        EXPECT_TRUE(protocol == "unknown" || row.with_actions == row.sent) << protocol;
    EXPECT_GE(all.by_protocol.size(), 20U);
}

} // namespace
} // namespace viz::features
