#include <gtest/gtest.h>

#include "components/eth/transaction_rlp.hpp"
#include "components/eth/transaction_validity.hpp"
#include "tests/support/signed_transactions.hpp"

namespace viz::eth {
namespace {

Transaction good(std::string_view name) {
    return *decode_transaction(test::signed_transaction(name).bytes());
}

std::string verdict(const Transaction& tx, Fork fork) {
    const auto error = check_validity(tx, fork);
    return error ? std::string(to_string(*error)) : "valid";
}

template <class Change> std::string verdict_of(std::string_view name, Fork fork, Change change) {
    auto tx = good(name);
    change(tx);
    return verdict(tx, fork);
}

constexpr auto kAsIs = [](Transaction&) {};

TEST(TransactionValidity, TypesBeginWithTheirForks) {
    struct Case {
        std::string_view name;
        Fork before;
        Fork since;
    };
    for (const auto& [name, before, since] : {
             Case{"access_list", Fork::istanbul, Fork::berlin},
             Case{"dynamic_fee", Fork::berlin, Fork::london},
             Case{"blob", Fork::shanghai, Fork::cancun},
             Case{"set_code", Fork::cancun, Fork::prague},
         }) {
        EXPECT_EQ(verdict_of(name, before, kAsIs), "type_not_active") << name;
        EXPECT_EQ(verdict_of(name, since, kAsIs), "valid") << name;
    }
    EXPECT_EQ(verdict_of("legacy_unprotected", Fork::frontier, kAsIs), "valid");
    EXPECT_EQ(verdict_of("legacy_protected", Fork::tangerine_whistle, kAsIs),
              "replay_protection_not_active");
    EXPECT_EQ(verdict_of("legacy_protected", Fork::spurious_dragon, kAsIs), "valid");
}

TEST(TransactionValidity, FeesFitAndTheTipIsWithinTheFee) {
    EXPECT_EQ(verdict_of("dynamic_fee", Fork::london,
                         [](auto& tx) { tx.max_priority_fee_per_gas = tx.max_fee_per_gas; }),
              "valid");
    EXPECT_EQ(
        verdict_of("dynamic_fee", Fork::london,
                   [](auto& tx) { tx.max_priority_fee_per_gas = tx.max_fee_per_gas + U256(1); }),
        "tip_above_max_fee");
    EXPECT_EQ(verdict_of("dynamic_fee", Fork::london,
                         [](auto& tx) { tx.max_fee_per_gas = U256() - U256(1); }),
              "fee_overflow");
}

TEST(TransactionValidity, NoncesEndBelowTwoToThe64MinusOne) {
    EXPECT_EQ(verdict_of("dynamic_fee", Fork::london, [](auto& tx) { tx.nonce = ~0ULL - 1; }),
              "valid");
    EXPECT_EQ(verdict_of("dynamic_fee", Fork::london, [](auto& tx) { tx.nonce = ~0ULL; }),
              "nonce_max");
}

TEST(TransactionValidity, BlobsAndAuthorizationsAreThereAndOfAKnownVersion) {
    EXPECT_EQ(verdict_of("blob", Fork::cancun, [](auto& tx) { tx.blob_versioned_hashes.clear(); }),
              "no_blobs");
    EXPECT_EQ(verdict_of("blob", Fork::cancun,
                         [](auto& tx) { tx.blob_versioned_hashes[1].bytes[0] = 2; }),
              "blob_version_unknown");
    EXPECT_EQ(verdict_of("set_code", Fork::prague, [](auto& tx) { tx.authorization_list.clear(); }),
              "no_authorizations");
}

TEST(TransactionValidity, InitcodeIsBoundedSinceShanghai) {
    const auto create = [](std::size_t size) {
        return [size](Transaction& tx) {
            tx.data.assign(size, 0);
            tx.gas_limit = Gas{10'000'000};
        };
    };
    EXPECT_EQ(verdict_of("legacy_create", Fork::shanghai, create(49152)), "valid");
    EXPECT_EQ(verdict_of("legacy_create", Fork::shanghai, create(49153)), "initcode_too_large");
    EXPECT_EQ(verdict_of("legacy_create", Fork::paris, create(49153)), "valid");
    EXPECT_EQ(verdict_of("legacy_protected", Fork::shanghai, create(49153)), "valid"); // a call
}

TEST(TransactionValidity, GasIsCappedSinceOsaka) {
    const auto gas = [](std::uint64_t limit) {
        return [limit](Transaction& tx) { tx.gas_limit = Gas{limit}; };
    };
    EXPECT_EQ(verdict_of("dynamic_fee", Fork::osaka, gas(1 << 24)), "valid");
    EXPECT_EQ(verdict_of("dynamic_fee", Fork::osaka, gas((1 << 24) + 1)), "gas_above_cap");
    EXPECT_EQ(verdict_of("dynamic_fee", Fork::prague, gas((1 << 24) + 1)), "valid");
}

TEST(IntrinsicGas, CountsWhatEachForkCharges) {
    struct Case {
        std::string_view name;
        Fork fork;
        std::uint64_t gas;
    };
    // legacy_create: 13 bytes of initcode, 3 of them zero.
    for (const auto& [name, fork, gas] : {
             Case{"legacy_unprotected", Fork::frontier, 21000},
             Case{"legacy_create", Fork::frontier, 21000 + 3 * 4 + 10 * 68},
             Case{"legacy_create", Fork::homestead, 53000 + 3 * 4 + 10 * 68},
             Case{"legacy_create", Fork::istanbul, 53000 + 3 * 4 + 10 * 16},
             Case{"legacy_create", Fork::shanghai, 53000 + 3 * 4 + 10 * 16 + 2},
             Case{"access_list", Fork::berlin, 21000 + 4 * 16 + 2 * 2400 + 2 * 1900},
             Case{"dynamic_fee", Fork::london, 21000 + 4},
             Case{"set_code", Fork::prague, 21000 + 25000},
         })
        EXPECT_EQ(intrinsic_gas(good(name), fork), Gas{gas}) << name;
}

TEST(IntrinsicGas, TheLimitReachesItAndSincePragueTheFloor) {
    const auto with_gas = [](std::uint64_t limit) {
        return [limit](Transaction& tx) {
            tx.data.assign(10, 1);
            tx.gas_limit = Gas{limit};
        };
    };
    EXPECT_EQ(verdict_of("dynamic_fee", Fork::cancun, with_gas(21159)), "gas_below_intrinsic");
    EXPECT_EQ(verdict_of("dynamic_fee", Fork::cancun, with_gas(21160)), "valid");
    EXPECT_EQ(verdict_of("dynamic_fee", Fork::prague, with_gas(21399)), "gas_below_intrinsic");
    EXPECT_EQ(verdict_of("dynamic_fee", Fork::prague, with_gas(21400)), "valid"); // EIP-7623
    EXPECT_EQ(calldata_floor_gas(good("dynamic_fee"), Fork::cancun), Gas{0});
}

} // namespace
} // namespace viz::eth
