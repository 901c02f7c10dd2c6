#include "components/eth/transaction_rlp.hpp"

#include <algorithm>

#include "components/eth/keccak.hpp"
#include "components/eth/legacy_v.hpp"

namespace viz::eth {

namespace {

constexpr std::uint8_t kListBase = 0xc0;   // first bytes of RLP lists start here
constexpr std::size_t kBlobBytes = 131072; // EIP-4844: 4096 field elements of 32 bytes
constexpr std::size_t kKzgBytes = 48;      // commitment or proof
constexpr std::size_t kCellsPerBlob = 128; // EIP-7594: cell proofs of the extended blob
constexpr std::size_t kMaxBlobs = 128;     // far above any fork's limit; bounds hostile input

// Reads fields in order and keeps the first error, so that decoders read like the field lists of
// the EIPs.
class Fields {
  public:
    explicit Fields(RlpReader reader) : reader_(reader) {}

    void read(std::uint64_t& out) { take(reader_.next_u64(), out); }
    void read(U256& out) { take(reader_.next_u256(), out); }
    void read(Gas& out) { read(out.value); }
    void read(Bytes& out) {
        if (auto bytes = guarded(reader_.next_string())) out.assign(bytes->begin(), bytes->end());
    }
    void read(Hash& out) { read_fixed(out.bytes); }
    void read(Address& out) { read_fixed(out.bytes); }
    void read(std::optional<Address>& out) {
        auto bytes = guarded(reader_.next_string());
        if (!bytes || bytes->empty()) return;
        if (bytes->size() != 20) return fail(DecodeError::rlp_malformed);
        std::copy(bytes->begin(), bytes->end(), out.emplace().bytes.begin());
    }
    void read_y_parity(std::uint8_t& out) {
        std::uint64_t value = 0;
        read(value);
        if (value > 1) return fail(DecodeError::bad_y_parity);
        out = static_cast<std::uint8_t>(value);
    }
    void read(std::vector<AccessListEntry>& out) {
        each([&](Fields& entry) {
            auto& added = out.emplace_back();
            entry.read(added.address);
            entry.read(added.storage_keys);
        });
    }
    void read(std::vector<Hash>& out) {
        auto list = guarded(reader_.next_list());
        while (list && !error_ && !list->at_end())
            if (const auto error = list->next_fixed(out.emplace_back().bytes))
                fail(from_rlp(*error));
    }
    void read(std::vector<Authorization>& out) {
        each([&](Fields& entry) {
            auto& added = out.emplace_back();
            entry.read(added.chain_id);
            entry.read(added.address);
            entry.read(added.nonce);
            // EIP-7702 limits y_parity to below 2^8 only: the chain skips a tuple with an invalid
            // value but accepts the transaction.
            std::uint64_t y_parity = 0;
            entry.read(y_parity);
            if (y_parity > 255) entry.fail(DecodeError::field_out_of_range);
            added.y_parity = static_cast<std::uint8_t>(y_parity);
            entry.read(added.r);
            entry.read(added.s);
        });
    }
    void read(Signature& out) {
        read_y_parity(out.y_parity);
        read(out.r);
        read(out.s);
    }
    // Skips strings of `size` bytes each and returns their number.
    std::size_t skip_strings(std::size_t size, std::size_t most) {
        auto list = guarded(reader_.next_list());
        std::size_t count = 0;
        for (; list && !error_ && !list->at_end(); ++count) {
            const auto bytes = list->next_string();
            if (!bytes || bytes->size() != size || count == most)
                fail(DecodeError::blob_sidecar_malformed);
        }
        return count;
    }
    bool next_is_list() const { return !reader_.at_end() && reader_.rest()[0] >= kListBase; }
    std::optional<Fields> list() {
        auto inner = guarded(reader_.next_list());
        return inner ? std::optional(Fields(*inner)) : std::nullopt;
    }

    void fail(DecodeError error) {
        if (!error_) error_ = error;
    }
    // Fails if data is left.
    std::optional<DecodeError> finish() {
        if (!error_ && !reader_.at_end()) fail(DecodeError::rlp_malformed);
        return error_;
    }

  private:
    template <class T> std::optional<T> guarded(Result<T, RlpError> result) {
        if (error_) return std::nullopt;
        if (result) return *result;
        fail(result.error() == RlpError::bad_length ? DecodeError::field_out_of_range
                                                    : from_rlp(result.error()));
        return std::nullopt;
    }
    template <class T> void take(Result<T, RlpError> result, T& out) {
        if (auto value = guarded(std::move(result))) out = *value;
    }
    void read_fixed(std::span<std::uint8_t> out) {
        if (error_) return;
        if (const auto error = reader_.next_fixed(out)) fail(from_rlp(*error));
    }
    template <class F> void each(F read_entry) {
        auto list = guarded(reader_.next_list());
        while (list && !error_ && !list->at_end()) {
            const auto inner = list->next_list();
            if (!inner) return fail(from_rlp(inner.error()));
            Fields entry(*inner);
            read_entry(entry);
            if (const auto error = entry.finish()) fail(*error);
        }
    }

    RlpReader reader_;
    std::optional<DecodeError> error_;
};

Result<Transaction, DecodeError> decode_legacy(RlpReader reader) {
    Transaction tx;
    Fields fields(reader);
    fields.read(tx.nonce);
    fields.read(tx.max_fee_per_gas);
    tx.max_priority_fee_per_gas = tx.max_fee_per_gas;
    fields.read(tx.gas_limit);
    fields.read(tx.to);
    fields.read(tx.value);
    fields.read(tx.data);
    U256 v;
    fields.read(v);
    fields.read(tx.signature.r);
    fields.read(tx.signature.s);
    if (const auto error = fields.finish()) return Failure{*error};
    const auto meaning = read_legacy_v(v);
    if (!meaning) return Failure{meaning.error()};
    tx.chain_id = meaning->chain_id;
    tx.signature.y_parity = meaning->y_parity;
    return tx;
}

void read_typed(Fields& fields, Transaction& tx) {
    fields.read(tx.chain_id.emplace().value);
    fields.read(tx.nonce);
    if (tx.type == TxType::access_list) {
        fields.read(tx.max_fee_per_gas);
        tx.max_priority_fee_per_gas = tx.max_fee_per_gas;
    } else {
        fields.read(tx.max_priority_fee_per_gas);
        fields.read(tx.max_fee_per_gas);
    }
    fields.read(tx.gas_limit);
    fields.read(tx.to);
    // EIP-4844 and EIP-7702 transactions cannot create: `to` is an address.
    const bool creates = !tx.to;
    if (creates && (tx.type == TxType::blob || tx.type == TxType::set_code))
        fields.fail(DecodeError::rlp_malformed);
    fields.read(tx.value);
    fields.read(tx.data);
    fields.read(tx.access_list);
    if (tx.type == TxType::blob) {
        fields.read(tx.max_fee_per_blob_gas);
        fields.read(tx.blob_versioned_hashes);
    }
    if (tx.type == TxType::set_code) fields.read(tx.authorization_list);
    fields.read(tx.signature);
}

// EIP-4844 "networking" and EIP-7594: [tx, blobs, commitments, proofs] or
// [tx, wrapper_version, blobs, commitments, cell_proofs].
std::optional<DecodeError> check_sidecar(Fields& wrapper, std::size_t blobs_of_tx) {
    std::size_t proofs_per_blob = 1;
    if (!wrapper.next_is_list()) {
        std::uint64_t version = 0;
        wrapper.read(version);
        if (version != 1) wrapper.fail(DecodeError::blob_sidecar_malformed);
        proofs_per_blob = kCellsPerBlob;
    }
    const auto blobs = wrapper.skip_strings(kBlobBytes, kMaxBlobs);
    const auto commitments = wrapper.skip_strings(kKzgBytes, kMaxBlobs);
    const auto proofs = wrapper.skip_strings(kKzgBytes, kMaxBlobs * kCellsPerBlob);
    if (blobs != blobs_of_tx || commitments != blobs || proofs != blobs * proofs_per_blob)
        return DecodeError::blob_sidecar_malformed;
    if (wrapper.finish()) return DecodeError::blob_sidecar_malformed;
    return std::nullopt;
}

Result<Transaction, DecodeError> decode_typed(TxType type, RlpReader reader) {
    Transaction tx;
    tx.type = type;
    Fields outer(reader);
    const bool pooled = type == TxType::blob && outer.next_is_list();
    if (pooled) {
        auto inner = outer.list();
        if (!inner) return Failure{DecodeError::rlp_malformed};
        read_typed(*inner, tx);
        if (const auto error = inner->finish()) return Failure{*error};
        if (const auto error = check_sidecar(outer, tx.blob_versioned_hashes.size()))
            return Failure{*error};
        return tx;
    }
    read_typed(outer, tx);
    if (const auto error = outer.finish()) return Failure{*error};
    return tx;
}

void write_to(RlpWriter& out, const std::optional<Address>& to) {
    out.string(to ? to->view() : BytesView());
}

void write_access_list(RlpWriter& out, const std::vector<AccessListEntry>& list) {
    const auto mark = out.open_list();
    for (const auto& entry : list) {
        const auto entry_mark = out.open_list();
        out.string(entry.address.view());
        const auto keys_mark = out.open_list();
        for (const auto& key : entry.storage_keys) out.string(key.view());
        out.close_list(keys_mark);
        out.close_list(entry_mark);
    }
    out.close_list(mark);
}

void write_authorizations(RlpWriter& out, const std::vector<Authorization>& list) {
    const auto mark = out.open_list();
    for (const auto& entry : list) {
        const auto entry_mark = out.open_list();
        out.integer(entry.chain_id);
        out.string(entry.address.view());
        out.integer(U256(entry.nonce));
        out.integer(U256(entry.y_parity));
        out.integer(entry.r);
        out.integer(entry.s);
        out.close_list(entry_mark);
    }
    out.close_list(mark);
}

void write_legacy(RlpWriter& out, const Transaction& tx, bool with_signature) {
    const auto mark = out.open_list();
    out.integer(U256(tx.nonce));
    out.integer(tx.max_fee_per_gas);
    out.integer(U256(tx.gas_limit.value));
    write_to(out, tx.to);
    out.integer(tx.value);
    out.string(tx.data);
    if (with_signature) {
        out.integer(legacy_v_of(tx.chain_id, tx.signature.y_parity));
        out.integer(tx.signature.r);
        out.integer(tx.signature.s);
    } else if (tx.chain_id) {
        out.integer(U256(tx.chain_id->value));
        out.integer(U256(0));
        out.integer(U256(0));
    }
    out.close_list(mark);
}

void write_typed(RlpWriter& out, const Transaction& tx, bool with_signature) {
    const auto mark = out.open_list();
    out.integer(U256(tx.chain_id ? tx.chain_id->value : 0));
    out.integer(U256(tx.nonce));
    if (tx.type != TxType::access_list) out.integer(tx.max_priority_fee_per_gas);
    out.integer(tx.max_fee_per_gas);
    out.integer(U256(tx.gas_limit.value));
    write_to(out, tx.to);
    out.integer(tx.value);
    out.string(tx.data);
    write_access_list(out, tx.access_list);
    if (tx.type == TxType::blob) {
        out.integer(tx.max_fee_per_blob_gas);
        const auto hashes = out.open_list();
        for (const auto& hash : tx.blob_versioned_hashes) out.string(hash.view());
        out.close_list(hashes);
    }
    if (tx.type == TxType::set_code) write_authorizations(out, tx.authorization_list);
    if (with_signature) {
        out.integer(U256(tx.signature.y_parity));
        out.integer(tx.signature.r);
        out.integer(tx.signature.s);
    }
    out.close_list(mark);
}

// Covers every field except data and lists, so that the buffer rarely grows.
std::size_t size_hint(const Transaction& tx) {
    constexpr std::size_t kPlainFields = 256;
    std::size_t size = kPlainFields + tx.data.size() + 33 * tx.blob_versioned_hashes.size() +
                       160 * tx.authorization_list.size();
    for (const auto& entry : tx.access_list) size += 32 + 33 * entry.storage_keys.size();
    return size;
}

Bytes encode(const Transaction& tx, bool with_signature) {
    RlpWriter out;
    out.reserve(size_hint(tx));
    if (tx.type == TxType::legacy) {
        write_legacy(out, tx, with_signature);
        return out.take();
    }
    out.byte(static_cast<std::uint8_t>(tx.type));
    write_typed(out, tx, with_signature);
    return out.take();
}

} // namespace

Result<Transaction, DecodeError> decode_transaction(BytesView bytes) {
    if (bytes.empty()) return Failure{DecodeError::rlp_malformed};
    const std::uint8_t first = bytes[0];
    const bool legacy = first >= kListBase;
    if (!legacy && (first < 1 || first > 4)) return Failure{DecodeError::unknown_type};
    RlpReader outer(legacy ? bytes : bytes.subspan(1));
    const auto list = outer.next_list();
    if (!list) return Failure{from_rlp(list.error())};
    if (!outer.at_end()) return Failure{DecodeError::rlp_trailing_bytes};
    return legacy ? decode_legacy(*list) : decode_typed(static_cast<TxType>(first), *list);
}

Bytes encode_transaction(const Transaction& tx) {
    return encode(tx, true);
}
Hash transaction_hash(const Transaction& tx) {
    return keccak256(encode(tx, true));
}
Hash signing_hash(const Transaction& tx) {
    return keccak256(encode(tx, false));
}

Hash authorization_signing_hash(const Authorization& authorization) {
    constexpr std::uint8_t kMagic = 0x05;
    RlpWriter out;
    out.byte(kMagic);
    const auto mark = out.open_list();
    out.integer(authorization.chain_id);
    out.string(authorization.address.view());
    out.integer(U256(authorization.nonce));
    out.close_list(mark);
    return keccak256(out.bytes());
}

} // namespace viz::eth
