#include <functional>
#include <utility>

#include <gtest/gtest.h>

#include "components/eth/hex.hpp"
#include "components/eth/keccak.hpp"
#include "components/eth/rlp.hpp"
#include "components/eth/transaction_rlp.hpp"
#include "tests/support/pooled_blob.hpp"
#include "tests/support/signed_transactions.hpp"

namespace viz::eth {
namespace {

std::string verdict(BytesView bytes) {
    const auto tx = decode_transaction(bytes);
    return tx ? "accepted" : std::string(to_string(tx.error()));
}

Transaction decoded(std::string_view name) {
    return *decode_transaction(test::signed_transaction(name).bytes());
}

// Encodes what a change makes of a good transaction, and says what the decoder thinks of it.
std::string verdict_after(std::string_view name, const std::function<void(Transaction&)>& change) {
    auto tx = decoded(name);
    change(tx);
    return verdict(encode_transaction(tx));
}

// A transaction's fields as encoded items, to be put together again with some of them changed.
struct Parts {
    Bytes prefix; // the EIP-2718 type
    std::vector<Bytes> items;

    explicit Parts(std::string_view name) {
        const auto raw = test::signed_transaction(name).bytes();
        if (raw[0] < 0xc0) prefix = {raw[0]};
        RlpReader outer(BytesView(raw).subspan(prefix.size()));
        auto list = *outer.next_list();
        while (!list.at_end()) {
            const auto item = *list.next();
            items.emplace_back(item.encoded.begin(), item.encoded.end());
        }
    }
    Bytes joined() const {
        RlpWriter out;
        for (const auto byte : prefix) out.byte(byte);
        const auto mark = out.open_list();
        for (const auto& item : items) out.raw(item);
        out.close_list(mark);
        return out.take();
    }
    std::string with(std::size_t index, std::string_view hex) {
        const auto before = std::exchange(items[index], *bytes_from_hex(hex));
        const auto said = verdict(joined());
        items[index] = before;
        return said;
    }
};

TEST(TransactionRlp, EveryTypeRoundTripsToItsHash) {
    for (const auto& vector : test::kSigned) {
        const auto tx = decode_transaction(vector.bytes());
        ASSERT_TRUE(tx) << vector.name << " " << to_string(tx.error());
        EXPECT_EQ(to_hex(encode_transaction(*tx)), vector.raw) << vector.name;
        EXPECT_EQ(to_hex(transaction_hash(*tx).view()), vector.hash) << vector.name;
    }
}

TEST(TransactionRlp, ReadsTheFieldsOfLegacyTransactions) {
    const auto plain = decoded("legacy_unprotected");
    EXPECT_EQ(plain.type, TxType::legacy);
    EXPECT_FALSE(plain.chain_id);
    EXPECT_EQ(plain.nonce, 0u);
    EXPECT_EQ(plain.max_fee_per_gas, U256(2'000'000'000));
    EXPECT_EQ(plain.max_priority_fee_per_gas, U256(2'000'000'000));
    EXPECT_EQ(plain.gas_limit, Gas{21000});
    EXPECT_EQ(to_hex(plain.to->view()), "0x70997970c51812dc3a010c7d01b50e0d17dc79c8");
    EXPECT_EQ(to_decimal(plain.value), "1000000000000000000");
    EXPECT_TRUE(plain.data.empty());
    EXPECT_EQ(decoded("legacy_protected").chain_id, test::kDevChain);
    const auto create = decoded("legacy_create");
    EXPECT_FALSE(create.to);
    EXPECT_EQ(create.data.size(), 13u);
}

TEST(TransactionRlp, ReadsTheFieldsOfTypedTransactions) {
    const auto listed = decoded("access_list");
    EXPECT_EQ(listed.type, TxType::access_list);
    EXPECT_EQ(listed.max_priority_fee_per_gas, listed.max_fee_per_gas);
    ASSERT_EQ(listed.access_list.size(), 2u);
    EXPECT_EQ(listed.access_list[0].storage_keys.size(), 2u);
    EXPECT_EQ(listed.access_list[0].storage_keys[1].bytes[30], 0xff);
    EXPECT_TRUE(listed.access_list[1].storage_keys.empty());

    const auto dynamic = decoded("dynamic_fee");
    EXPECT_EQ(dynamic.max_fee_per_gas, U256(3'000'000'000));
    EXPECT_EQ(dynamic.max_priority_fee_per_gas, U256(1'000'000'000));

    const auto blob = decoded("blob");
    EXPECT_EQ(blob.max_fee_per_blob_gas, U256(1'000'000'000));
    ASSERT_EQ(blob.blob_versioned_hashes.size(), 2u);
    EXPECT_EQ(blob.blob_versioned_hashes[1].bytes[31], 0xcd);

    const auto set_code = decoded("set_code");
    ASSERT_EQ(set_code.authorization_list.size(), 1u);
    EXPECT_EQ(set_code.authorization_list[0].chain_id, U256(0));
    EXPECT_EQ(set_code.authorization_list[0].nonce, 5u);
}

TEST(TransactionRlp, RefusesEveryBeginningAndEveryByteTooMany) {
    for (const auto& vector : test::kSigned) {
        auto bytes = vector.bytes();
        for (std::size_t n = 0; n < bytes.size(); ++n)
            EXPECT_NE(verdict(BytesView(bytes).first(n)), "accepted") << vector.name << " " << n;
        bytes.push_back(0);
        EXPECT_EQ(verdict(bytes), "rlp_trailing_bytes") << vector.name;
    }
}

// Nothing that is accepted has a second encoding.
TEST(TransactionRlp, AnyByteChangedIsRefusedOrEncodesToItself) {
    std::size_t accepted = 0;
    for (const auto& vector : test::kSigned) {
        auto bytes = vector.bytes();
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            const auto original = bytes[i];
            for (int value = 0; value < 256; ++value) {
                bytes[i] = static_cast<std::uint8_t>(value);
                const auto tx = decode_transaction(bytes);
                if (!tx) continue;
                ++accepted;
                ASSERT_EQ(encode_transaction(*tx), bytes)
                    << vector.name << " byte " << i << " = " << value;
            }
            bytes[i] = original;
        }
    }
    EXPECT_GT(accepted, 100'000u);
}

TEST(TransactionRlp, RefusesEnvelopesThatAreNone) {
    EXPECT_EQ(verdict({}), "rlp_malformed");
    for (const auto first : Bytes{0x00, 0x05, 0x7e, 0x7f, 0x80, 0xb8, 0xbf})
        EXPECT_EQ(verdict(Bytes{first, 0xc0}), "unknown_type") << int{first};
    EXPECT_EQ(verdict(Bytes{0xc0}), "rlp_malformed");
    EXPECT_EQ(verdict(Bytes{0x02}), "rlp_malformed");
    EXPECT_EQ(verdict(Bytes{0x02, 0x80}), "rlp_malformed");
    EXPECT_EQ(verdict(Bytes{0x03, 0xc0}), "rlp_malformed");
}

TEST(TransactionRlp, FieldsAreOfTheirKindAndSize) {
    Parts legacy("legacy_protected"); // nonce price gas to value data v r s
    EXPECT_EQ(legacy.with(0, "0x00"), "rlp_non_canonical");
    EXPECT_EQ(legacy.with(0, "0x820001"), "rlp_non_canonical");
    EXPECT_EQ(legacy.with(0, "0x89010000000000000000"), "field_out_of_range");
    EXPECT_EQ(legacy.with(0, "0xc0"), "rlp_malformed");
    EXPECT_EQ(legacy.with(1, "0xa1" + std::string(66, '1')), "field_out_of_range");
    EXPECT_EQ(legacy.with(2, "0x89010000000000000000"), "field_out_of_range");
    EXPECT_EQ(legacy.with(3, "0x80"), "accepted");
    EXPECT_EQ(legacy.with(3, "0x93" + std::string(38, '1')), "rlp_malformed");
    EXPECT_EQ(legacy.with(3, "0x95" + std::string(42, '1')), "rlp_malformed");
    EXPECT_EQ(legacy.with(5, "0xc0"), "rlp_malformed");
    EXPECT_EQ(legacy.with(6, "0x1b"), "accepted");
    EXPECT_EQ(legacy.with(6, "0x1a"), "bad_y_parity");
    EXPECT_EQ(legacy.with(6, "0x23"), "bad_y_parity"); // chain 0
    EXPECT_EQ(legacy.with(7, "0xa1" + std::string(66, '1')), "field_out_of_range");
    legacy.items.pop_back();
    EXPECT_EQ(verdict(legacy.joined()), "rlp_malformed");

    Parts listed("access_list"); // chain nonce price gas to value data list y r s
    EXPECT_EQ(listed.with(0, "0x89010000000000000000"), "field_out_of_range");
    EXPECT_EQ(listed.with(7, "0x80"), "rlp_malformed");
    EXPECT_EQ(listed.with(7, "0xc1c0"), "rlp_malformed");
    EXPECT_EQ(listed.with(7, "0xd7d694" + std::string(40, '1') + "c0"), "accepted");
    EXPECT_EQ(listed.with(7, "0xd6d593" + std::string(38, '1') + "c0"), "rlp_malformed");
    EXPECT_EQ(listed.with(7, "0xd8d794" + std::string(40, '1') + "c0" + "80"), "rlp_malformed");
    EXPECT_EQ(listed.with(7, "0xd8d794" + std::string(40, '1') + "c101"), "rlp_malformed");
    EXPECT_EQ(listed.with(8, "0x02"), "bad_y_parity");
    EXPECT_EQ(listed.with(8, "0x1b"), "bad_y_parity");
    listed.items.emplace_back(Bytes{0x80});
    EXPECT_EQ(verdict(listed.joined()), "rlp_malformed");
}

TEST(TransactionRlp, BlobAndSetCodeTransactionsCannotCreate) {
    const auto create = [](Transaction& tx) { tx.to.reset(); };
    EXPECT_EQ(verdict_after("blob", create), "rlp_malformed");
    EXPECT_EQ(verdict_after("set_code", create), "rlp_malformed");
    EXPECT_EQ(verdict_after("dynamic_fee", create), "accepted");
    EXPECT_EQ(verdict_after("access_list", create), "accepted");
}

// EIP-7702 bounds a tuple's parity by 2^8 only; the chain skips such a tuple, not the transaction.
TEST(TransactionRlp, ATupleMayHaveAnyByteForParity) {
    EXPECT_EQ(
        verdict_after("set_code", [](Transaction& tx) { tx.authorization_list[0].y_parity = 255; }),
        "accepted");
    Parts parts("set_code"); // chain nonce tip fee gas to value data list tuples y r s
    const std::string account = "94" + std::string(40, '1');
    EXPECT_EQ(parts.with(9, "0xdbda80" + account + "05010202"), "accepted");
    EXPECT_EQ(parts.with(9, "0xdddc80" + account + "0582010002" + "02"), "field_out_of_range");
    EXPECT_EQ(parts.with(9, "0xdad980" + account + "050102"), "rlp_malformed");
}

TEST(TransactionRlp, PooledBlobTransactionsAreTheSameTransactions) {
    const auto& vector = test::signed_transaction("blob");
    const auto pooled = test::pooled_form(vector.bytes());
    // As viem writes it.
    EXPECT_EQ(pooled.size(), 262540u);
    EXPECT_EQ(to_hex(keccak256(pooled).view()),
              "0x9295339cd51264af8ac8d1f9d51b453f36c15f29af9639e7da37135fa755ccac");
    for (const auto& sidecar : {test::Sidecar{}, test::Sidecar::with_cells()}) {
        const auto tx = decode_transaction(test::pooled_form(vector.bytes(), sidecar));
        ASSERT_TRUE(tx) << to_string(tx.error());
        EXPECT_EQ(*tx, decoded("blob"));
        EXPECT_EQ(to_hex(encode_transaction(*tx)), vector.raw);
    }
}

TEST(TransactionRlp, RefusesSidecarsOfTheWrongShape) {
    const auto consensus = test::signed_transaction("blob").bytes();
    const auto with = [&](const std::function<void(test::Sidecar&)>& change,
                          test::Sidecar sidecar = {}) {
        change(sidecar);
        return verdict(test::pooled_form(consensus, sidecar));
    };
    const std::string kMalformed = "blob_sidecar_malformed";
    EXPECT_EQ(with([](auto&) {}), "accepted");
    EXPECT_EQ(with([](auto& s) { s.blobs.pop_back(); }), kMalformed);
    EXPECT_EQ(with([](auto& s) { s.blobs[0].pop_back(); }), kMalformed);
    EXPECT_EQ(with([](auto& s) { s.blobs[0].push_back(0); }), kMalformed);
    EXPECT_EQ(with([](auto& s) { s.commitments.emplace_back(48); }), kMalformed);
    EXPECT_EQ(with([](auto& s) { s.commitments[1].resize(47); }), kMalformed);
    EXPECT_EQ(with([](auto& s) { s.proofs.clear(); }), kMalformed);
    EXPECT_EQ(with([](auto& s) { s.proofs[1].resize(49); }), kMalformed);
    EXPECT_EQ(with([](auto& s) { s.version = 1; }), kMalformed); // one proof a blob, not 128
    const auto cells = test::Sidecar::with_cells();
    EXPECT_EQ(with([](auto&) {}, cells), "accepted");
    EXPECT_EQ(with([](auto& s) { s.version = 0; }, cells), kMalformed);
    EXPECT_EQ(with([](auto& s) { s.version = 2; }, cells), kMalformed);
    EXPECT_EQ(with([](auto& s) { s.version.reset(); }, cells), kMalformed);
    EXPECT_EQ(with([](auto& s) { s.proofs.pop_back(); }, cells), kMalformed);
    EXPECT_EQ(verdict(test::pooled_form(consensus, {}, true)), kMalformed);
    // Only type 3 has a pooled form.
    auto other = test::pooled_form(consensus);
    other[0] = 2;
    EXPECT_EQ(verdict(other), "rlp_malformed");
}

TEST(TransactionRlp, ReasonsHaveTheirStableTexts) {
    EXPECT_EQ(to_string(from_rlp(RlpError::non_canonical)), "rlp_non_canonical");
    EXPECT_EQ(to_string(from_rlp(RlpError::trailing)), "rlp_trailing_bytes");
    for (const auto error :
         {RlpError::truncated, RlpError::not_a_list, RlpError::not_a_string, RlpError::bad_length})
        EXPECT_EQ(to_string(from_rlp(error)), "rlp_malformed");
}

} // namespace
} // namespace viz::eth
