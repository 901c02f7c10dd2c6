// ethereum/tests, TransactionTests: for every fork either hash, sender and intrinsic gas, or a
// rejection.
#include <iostream>
#include <map>
#include <set>

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

// Which of our reasons may stand for the vectors' reason (without "TransactionException."), so
// that a rejection by accident does not pass for the right one.
const std::map<std::string, std::set<std::string>> kReasons{
    {"ADDRESS_TOO_LONG", {"rlp_malformed"}},
    {"ADDRESS_TOO_SHORT", {"rlp_malformed"}},
    {"EC_RECOVERY_FAIL", {"bad_signature"}},
    {"GASLIMIT_OVERFLOW", {"field_out_of_range"}},
    {"GASLIMIT_PRICE_PRODUCT_OVERFLOW", {"fee_overflow"}},
    {"GASPRICE_OVERFLOW", {"field_out_of_range"}},
    {"INITCODE_SIZE_EXCEEDED", {"initcode_too_large"}},
    {"INTRINSIC_GAS_TOO_LOW", {"gas_below_intrinsic"}},
    {"INVALID_CHAINID", {"bad_y_parity", "field_out_of_range", "wrong_chain"}},
    {"INVALID_SIGNATURE_VRS",
     {"bad_signature", "bad_y_parity", "field_out_of_range", "high_s",
      "replay_protection_not_active", "wrong_chain"}},
    {"NONCE_OVERFLOW", {"field_out_of_range"}},
    {"PRIORITY_GREATER_THAN_MAX_FEE_PER_GAS_2", {"tip_above_max_fee"}},
    {"PRIORITY_OVERFLOW", {"field_out_of_range"}},
    {"RLP_ERROR_EOF", {"unknown_type"}},
    {"RLP_ERROR_SIZE", {"rlp_malformed", "rlp_trailing_bytes"}},
    {"RLP_ERROR_SIZE_LEADING_ZEROS", {"rlp_non_canonical"}},
    {"RLP_INVALID_ACCESS_LIST_ADDRESS_TOO_LONG", {"rlp_malformed"}},
    {"RLP_INVALID_ACCESS_LIST_STORAGE_TOO_LONG", {"rlp_malformed"}},
    {"RLP_INVALID_ACCESS_LIST_STORAGE_TOO_SHORT", {"rlp_malformed"}},
    {"RLP_INVALID_GASLIMIT", {"rlp_malformed"}},
    {"RLP_INVALID_NONCE", {"rlp_malformed"}},
    {"RLP_INVALID_SIGNATURE_R", {"rlp_malformed"}},
    {"RLP_INVALID_TO", {"rlp_malformed"}},
    // A leading zero before a field of full width makes it too wide.
    {"RLP_LEADING_ZEROS_BASEFEE", {"field_out_of_range"}},
    {"RLP_LEADING_ZEROS_GASLIMIT", {"rlp_non_canonical"}},
    {"RLP_LEADING_ZEROS_GASPRICE", {"rlp_non_canonical"}},
    {"RLP_LEADING_ZEROS_NONCE", {"rlp_non_canonical"}},
    {"RLP_LEADING_ZEROS_NONCE_SIZE", {"rlp_non_canonical"}},
    {"RLP_LEADING_ZEROS_PRIORITY_FEE", {"field_out_of_range"}},
    {"RLP_LEADING_ZEROS_R", {"field_out_of_range", "rlp_non_canonical"}},
    {"RLP_LEADING_ZEROS_S", {"field_out_of_range", "rlp_non_canonical"}},
    {"RLP_LEADING_ZEROS_V", {"rlp_non_canonical"}},
    {"RLP_TOO_FEW_ELEMENTS", {"rlp_malformed"}},
    // Before its fork a typed transaction may be malformed besides.
    {"TYPE_NOT_SUPPORTED", {"field_out_of_range", "type_not_active", "unknown_type"}},
    {"VALUE_OVERFLOW", {"field_out_of_range"}},
};

bool reason_fits(const std::string& exception, const std::string& rejected) {
    const auto found = kReasons.find(exception.substr(exception.find('.') + 1));
    return found != kReasons.end() && found->second.contains(rejected);
}

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
    if (tx->chain_id && tx->chain_id->value != 1) return {.rejected = "wrong_chain"};
    const auto rule =
        fork == Fork::frontier ? SenderRecoverer::SRule::any : SenderRecoverer::SRule::low;
    const auto sender = recoverer.sender(*tx, rule);
    if (!sender) return {.rejected = std::string(to_string(sender.error()))};
    if (const auto error = check_validity(*tx, fork))
        return {.rejected = std::string(to_string(*error))};
    return {
        .hash = transaction_hash(*tx), .sender = *sender, .intrinsic = intrinsic_gas(*tx, fork)};
}

TEST(TransactionVectors, AcceptAndRejectAsEveryForkDoes) {
    VIZ_NEEDS_CORPUS();
    std::size_t checked = 0;
    std::size_t rejected = 0;
    const auto files = test::files_below(test::corpus_dir() / "ethereum-tests/TransactionTests");
    for (const auto& file : files) {
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
                    EXPECT_TRUE(reason_fits(expected["exception"], outcome.rejected))
                        << where << ": " << expected["exception"] << ", rejected as \""
                        << outcome.rejected << '"';
                    ++rejected;
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
    EXPECT_EQ(files.size(), 156u);
    EXPECT_EQ(checked, 1983u);
    std::cout << files.size() << " files, " << checked << " verdicts, " << rejected
              << " of them rejections\n";
}

} // namespace
} // namespace viz::eth
