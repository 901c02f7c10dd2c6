#include <thread>

#include <gtest/gtest.h>

#include "components/eth/hex.hpp"
#include "components/eth/signature.hpp"
#include "components/eth/transaction_rlp.hpp"
#include "tests/support/signed_transactions.hpp"

namespace viz::eth {
namespace {

// Order of secp256k1, SEC 2.
const U256 kOrder =
    *u256_from_hex("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
const U256 kHalfOrder =
    *u256_from_hex("0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0");

Transaction signed_tx(std::string_view name = "dynamic_fee") {
    return *decode_transaction(test::signed_transaction(name).bytes());
}

TEST(SenderRecoverer, FindsTheSignerOfEveryTypeOfTransaction) {
    const SenderRecoverer recoverer;
    for (const auto& vector : test::kSigned) {
        const auto sender = recoverer.sender(*decode_transaction(vector.bytes()));
        ASSERT_TRUE(sender) << vector.name << " " << to_string(sender.error());
        EXPECT_EQ(to_hex(sender->view()), test::kDevSender) << vector.name;
    }
}

// The example in EIP-155 itself.
TEST(SenderRecoverer, FindsTheSignerOfTheExampleInEip155) {
    const auto raw = bytes_from_hex(
        "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080"
        "25a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aec"
        "b703304b3800ccf555c9f3dc64214b297fb1966a3b6d83");
    const auto tx = decode_transaction(*raw);
    ASSERT_TRUE(tx);
    EXPECT_EQ(tx->chain_id, ChainId{1});
    EXPECT_EQ(to_hex(signing_hash(*tx).view()),
              "0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53");
    const auto sender = SenderRecoverer().sender(*tx);
    ASSERT_TRUE(sender);
    EXPECT_EQ(to_hex(sender->view()), "0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f");
}

TEST(SenderRecoverer, FindsTheAuthorityOfADelegation) {
    const auto tx = signed_tx("set_code");
    ASSERT_EQ(tx.authorization_list.size(), 1u);
    const SenderRecoverer recoverer;
    const auto authority = recoverer.authority(tx.authorization_list[0]);
    ASSERT_TRUE(authority);
    EXPECT_EQ(to_hex(authority->view()), test::kDevAuthority);

    auto odd = tx.authorization_list[0];
    odd.y_parity = 27;
    EXPECT_EQ(recoverer.authority(odd).error(), DecodeError::bad_y_parity);
    auto high = tx.authorization_list[0];
    high.s = kOrder - high.s;
    high.y_parity ^= 1;
    EXPECT_EQ(recoverer.authority(high).error(), DecodeError::high_s);
}

// The mirror of a signature is one of the same key: EIP-2 lets only the low one count.
TEST(SenderRecoverer, RefusesTheHighTwinOfASignature) {
    const SenderRecoverer recoverer;
    auto tx = signed_tx();
    tx.signature.s = kOrder - tx.signature.s;
    tx.signature.y_parity ^= 1;
    EXPECT_EQ(recoverer.sender(tx).error(), DecodeError::high_s);
    const auto sender = recoverer.sender(tx, SenderRecoverer::SRule::any);
    ASSERT_TRUE(sender);
    EXPECT_EQ(to_hex(sender->view()), test::kDevSender);
}

TEST(SenderRecoverer, TheHighestLowSIsHalfTheOrder) {
    const SenderRecoverer recoverer;
    auto tx = signed_tx();
    tx.signature.s = kHalfOrder;
    const auto at_half = recoverer.sender(tx);
    EXPECT_TRUE(at_half || at_half.error() != DecodeError::high_s);
    tx.signature.s = kHalfOrder + U256(1);
    EXPECT_EQ(recoverer.sender(tx).error(), DecodeError::high_s);
}

TEST(SenderRecoverer, RefusesNumbersThatAreNoSignature) {
    const SenderRecoverer recoverer;
    const auto with = [&](auto change) {
        auto tx = signed_tx();
        change(tx.signature);
        const auto sender = recoverer.sender(tx, SenderRecoverer::SRule::any);
        return sender ? "accepted" : to_string(sender.error());
    };
    EXPECT_EQ(with([](Signature& s) { s.r = 0; }), "bad_signature");
    EXPECT_EQ(with([](Signature& s) { s.s = 0; }), "bad_signature");
    EXPECT_EQ(with([](Signature& s) { s.r = kOrder; }), "bad_signature");
    EXPECT_EQ(with([](Signature& s) { s.s = kOrder; }), "bad_signature");
    EXPECT_EQ(with([](Signature& s) { s.r = U256() - U256(1); }), "bad_signature");
    EXPECT_EQ(with([](Signature& s) { s.r = 5; }), "bad_signature"); // x = 5 is not on the curve
    EXPECT_EQ(with([](Signature& s) { s.y_parity = 2; }), "bad_y_parity");
}

TEST(SenderRecoverer, AnyChangeOfWhatWasSignedChangesTheSigner) {
    const SenderRecoverer recoverer;
    const auto changes = [&](auto change) {
        auto tx = signed_tx();
        change(tx);
        const auto sender = recoverer.sender(tx);
        return !sender || to_hex(sender->view()) != test::kDevSender;
    };
    EXPECT_FALSE(changes([](Transaction&) {}));
    EXPECT_TRUE(changes([](Transaction& tx) { tx.chain_id = ChainId{1}; }));
    EXPECT_TRUE(changes([](Transaction& tx) { ++tx.nonce; }));
    EXPECT_TRUE(changes([](Transaction& tx) { tx.value = 8; }));
    EXPECT_TRUE(changes([](Transaction& tx) { tx.to.reset(); }));
    EXPECT_TRUE(changes([](Transaction& tx) { tx.data.push_back(0); }));
    EXPECT_TRUE(changes([](Transaction& tx) { tx.access_list.emplace_back(); }));
    EXPECT_TRUE(changes([](Transaction& tx) { tx.max_priority_fee_per_gas = 0; }));
}

TEST(SenderRecoverer, OneServesSeveralThreads) {
    const SenderRecoverer recoverer;
    const auto tx = signed_tx();
    std::vector<std::string> found(4);
    {
        std::vector<std::jthread> threads;
        for (auto& out : found)
            threads.emplace_back([&] {
                for (int i = 0; i < 50; ++i) out = to_hex(recoverer.sender(tx)->view());
            });
    }
    for (const auto& sender : found) EXPECT_EQ(sender, test::kDevSender);
}

} // namespace
} // namespace viz::eth
