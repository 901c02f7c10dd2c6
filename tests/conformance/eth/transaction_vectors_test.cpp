// ethereum/tests, TransactionTests: for every fork either hash, sender and intrinsic gas, or a
// rejection.
#include <map>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "components/eth/hex.hpp"
#include "components/eth/signature.hpp"
#include "components/eth/transaction_rlp.hpp"
#include "components/eth/transaction_validity.hpp"
#include "tests/support/corpus.hpp"

namespace viz::eth {
namespace {

const std::map<std::string, Fork> kForks{
    {"Frontier", Fork::frontier},
    {"Homestead", Fork::homestead},
    {"EIP150", Fork::tangerine_whistle},
    {"EIP158", Fork::spurious_dragon},
    {"Byzantium", Fork::byzantium},
    {"Constantinople", Fork::constantinople},
    {"ConstantinopleFix", Fork::petersburg},
    {"Istanbul", Fork::istanbul},
    {"Berlin", Fork::berlin},
    {"London", Fork::london},
    {"Paris", Fork::paris},
    {"Shanghai", Fork::shanghai},
    {"Cancun", Fork::cancun},
    {"Prague", Fork::prague},
};

struct Outcome {
    std::string rejected; // why; empty when accepted
    Hash hash;
    Address sender;
    Gas intrinsic;
};

// The vectors are of chain 1.
Outcome judge(BytesView bytes, Fork fork) {
    static const SenderRecoverer recoverer;
    const auto tx = decode_transaction(bytes);
    if (!tx) return {.rejected = std::string(to_string(tx.error()))};
    if (const auto error = check_validity(*tx, fork))
        return {.rejected = std::string(to_string(*error))};
    if (tx->chain_id && tx->chain_id->value != 1) return {.rejected = "wrong_chain"};
    const auto rule =
        fork == Fork::frontier ? SenderRecoverer::SRule::any : SenderRecoverer::SRule::low;
    const auto sender = recoverer.sender(*tx, rule);
    if (!sender) return {.rejected = std::string(to_string(sender.error()))};
    return {
        .hash = transaction_hash(*tx), .sender = *sender, .intrinsic = intrinsic_gas(*tx, fork)};
}

TEST(TransactionVectors, AcceptAndRejectAsEveryForkDoes) {
    VIZ_NEEDS_CORPUS();
    std::size_t checked = 0;
    for (const auto& file :
         test::files_below(test::corpus_dir() / "ethereum-tests/TransactionTests")) {
        const auto tests = nlohmann::json::parse(test::read_text(file));
        for (const auto& [name, vector] : tests.items()) {
            const auto bytes = bytes_from_hex(vector["txbytes"].get<std::string>());
            ASSERT_TRUE(bytes) << name;
            for (const auto& [fork_name, expected] : vector["result"].items()) {
                const auto where = file.filename().string() + " " + fork_name;
                const auto fork = kForks.find(fork_name);
                ASSERT_NE(fork, kForks.end()) << where;
                const auto outcome = judge(*bytes, fork->second);
                ++checked;
                if (expected.contains("exception")) {
                    EXPECT_FALSE(outcome.rejected.empty())
                        << where << " expected " << expected["exception"];
                    continue;
                }
                EXPECT_EQ(outcome.rejected, "") << where;
                EXPECT_EQ(to_hex(outcome.hash.view()), expected["hash"]) << where;
                EXPECT_EQ(to_hex(outcome.sender.view()), expected["sender"]) << where;
                EXPECT_EQ(outcome.intrinsic.value,
                          u64_from_hex(expected["intrinsicGas"].get<std::string>()))
                    << where;
            }
        }
    }
    EXPECT_GT(checked, 1800u);
    RecordProperty("cases", static_cast<int>(checked));
}

} // namespace
} // namespace viz::eth
