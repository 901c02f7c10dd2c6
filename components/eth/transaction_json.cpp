#include "components/eth/transaction_json.hpp"

#include <limits>

#include <simdjson.h>

#include "components/eth/hex.hpp"
#include "components/eth/json_reader.hpp"
#include "components/eth/legacy_v.hpp"

namespace viz::eth {

namespace {

namespace od = simdjson::ondemand;

constexpr std::size_t kMostKept = 1u << 20; // bytes of text whose memory is kept for the next call

// Thrown and caught inside this file: a field's value is invalid.
struct Bad {
    DecodeError error;
};

std::string_view text(od::value value) {
    std::string_view out;
    if (value.get_string().get(out) != simdjson::SUCCESS) throw Bad{DecodeError::json_malformed};
    return out;
}

template <class T> T require(std::optional<T> value, DecodeError error) {
    if (!value) throw Bad{error};
    return std::move(*value);
}

U256 quantity(od::value value) {
    return require(u256_from_hex(text(value)), DecodeError::field_out_of_range);
}
std::uint64_t quantity64(od::value value) {
    return require(u64_from_hex(text(value)), DecodeError::field_out_of_range);
}
Hash hash(od::value value) {
    return require(hash_from_hex(text(value)), DecodeError::json_malformed);
}
Address address(od::value value) {
    return require(address_from_hex(text(value)), DecodeError::json_malformed);
}

template <class F> void for_each_element(od::value value, F handle) {
    for (auto element : value.get_array()) handle(element.value());
}
template <class F> void for_each_field(od::value value, F handle) {
    for (auto field : value.get_object()) {
        std::string_view key = field.unescaped_key();
        handle(key, field.value());
    }
}

std::vector<Hash> hashes(od::value value) {
    std::vector<Hash> all;
    for_each_element(value, [&](od::value element) { all.push_back(hash(element)); });
    return all;
}

std::vector<AccessListEntry> access_list(od::value value) {
    std::vector<AccessListEntry> all;
    for_each_element(value, [&](od::value element) {
        std::optional<Address> account;
        std::vector<Hash> keys;
        for_each_field(element, [&](std::string_view key, od::value field) {
            if (key == "address")
                account = address(field);
            else if (key == "storageKeys" && !field.is_null())
                keys = hashes(field);
        });
        all.push_back({require(account, DecodeError::json_missing_field), std::move(keys)});
    });
    return all;
}

Authorization authorization(od::value value) {
    std::optional<U256> chain_id;
    std::optional<Address> account;
    std::optional<Nonce> nonce;
    std::optional<std::uint64_t> y_parity;
    std::optional<std::uint64_t> v; // some nodes send `v` instead of or in addition to yParity
    std::optional<U256> r;
    std::optional<U256> s;
    for_each_field(value, [&](std::string_view key, od::value field) {
        if (key == "chainId")
            chain_id = quantity(field);
        else if (key == "address")
            account = address(field);
        else if (key == "nonce")
            nonce = quantity64(field);
        else if (key == "yParity")
            y_parity = quantity64(field);
        else if (key == "v")
            v = quantity64(field);
        else if (key == "r")
            r = quantity(field);
        else if (key == "s")
            s = quantity(field);
    });
    constexpr auto kMissing = DecodeError::json_missing_field;
    const auto y = require(y_parity ? y_parity : v, kMissing);
    // EIP-7702 limits y_parity to below 2^8 only.
    if (y > std::numeric_limits<std::uint8_t>::max()) throw Bad{DecodeError::field_out_of_range};
    return {.chain_id = require(chain_id, kMissing),
            .address = require(account, kMissing),
            .nonce = require(nonce, kMissing),
            .y_parity = static_cast<std::uint8_t>(y),
            .r = require(r, kMissing),
            .s = require(s, kMissing)};
}

std::vector<Authorization> authorizations(od::value value) {
    std::vector<Authorization> all;
    for_each_element(value, [&](od::value element) { all.push_back(authorization(element)); });
    return all;
}

// Collects the raw fields; they are interpreted when all are present.
struct Collected {
    JsonTransaction out;
    std::optional<std::uint64_t> type;
    std::optional<U256> gas_price;
    std::optional<U256> max_fee;
    std::optional<U256> max_priority_fee;
    std::optional<U256> v;
    std::optional<std::uint64_t> y_parity;
    std::optional<std::uint64_t> chain_id;
    bool has_nonce{};
    bool has_gas{};
    bool has_data{};
    bool has_r{};
    bool has_s{};

    void take(std::string_view key, od::value value);
    JsonTransaction finish();

  private:
    bool take_fee(std::string_view key, od::value value);
    bool take_signature(std::string_view key, od::value value);
    void finish_signature();
    std::uint64_t implied_type() const;
};

bool Collected::take_fee(std::string_view key, od::value value) {
    if (key == "gasPrice")
        gas_price = quantity(value);
    else if (key == "maxFeePerGas")
        max_fee = quantity(value);
    else if (key == "maxPriorityFeePerGas")
        max_priority_fee = quantity(value);
    else if (key == "maxFeePerBlobGas")
        out.tx.max_fee_per_blob_gas = quantity(value);
    else
        return false;
    return true;
}

bool Collected::take_signature(std::string_view key, od::value value) {
    if (key == "v") {
        v = quantity(value);
    } else if (key == "yParity") {
        y_parity = quantity64(value);
    } else if (key == "r") {
        out.tx.signature.r = quantity(value);
        has_r = true;
    } else if (key == "s") {
        out.tx.signature.s = quantity(value);
        has_s = true;
    } else {
        return false;
    }
    return true;
}

void Collected::take(std::string_view key, od::value value) {
    if (value.is_null()) return;
    auto& tx = out.tx;
    if (take_fee(key, value) || take_signature(key, value)) return;
    if (key == "hash") {
        out.hash = hash(value);
    } else if (key == "from") {
        out.from = address(value);
    } else if (key == "type") {
        type = quantity64(value);
    } else if (key == "chainId") {
        chain_id = quantity64(value);
    } else if (key == "nonce") {
        tx.nonce = quantity64(value);
        has_nonce = true;
    } else if (key == "gas") {
        tx.gas_limit = Gas{quantity64(value)};
        has_gas = true;
    } else if (key == "to") {
        tx.to = address(value);
    } else if (key == "value") {
        tx.value = quantity(value);
    } else if (key == "input" || (key == "data" && !has_data)) {
        tx.data = require(bytes_from_hex(text(value)), DecodeError::json_malformed);
        has_data = true;
    } else if (key == "accessList") {
        tx.access_list = access_list(value);
    } else if (key == "blobVersionedHashes") {
        tx.blob_versioned_hashes = hashes(value);
    } else if (key == "authorizationList") {
        tx.authorization_list = authorizations(value);
    } else if (key == "blockNumber") {
        out.block_number = BlockNumber{quantity64(value)};
    } else if (key == "blockHash") {
        out.block_hash = hash(value);
    }
}

void Collected::finish_signature() {
    auto& tx = out.tx;
    if (!has_r || !has_s || (!v && !y_parity)) throw Bad{DecodeError::json_missing_field};
    if (tx.type != TxType::legacy) {
        // Nodes send yParity, v, or both; v is then the parity (or 27/28 in old nodes).
        std::uint64_t y = y_parity ? *y_parity : v->low_u64();
        if (!y_parity && (y == 27 || y == 28)) y -= 27;
        if (y > 1 || (v && !v->fits_u64())) throw Bad{DecodeError::bad_y_parity};
        tx.signature.y_parity = static_cast<std::uint8_t>(y);
        return;
    }
    // The chain id from v is authoritative: some nodes add their own chainId to transactions that
    // were signed without one.
    const auto meaning = read_legacy_v(require(v, DecodeError::json_missing_field));
    if (!meaning) throw Bad{meaning.error()};
    tx.chain_id = meaning->chain_id;
    tx.signature.y_parity = meaning->y_parity;
}

// Old nodes omit the type; infer it from fields that only one type has.
std::uint64_t Collected::implied_type() const {
    if (!out.tx.authorization_list.empty()) return 4;
    if (!out.tx.blob_versioned_hashes.empty()) return 3;
    if (max_fee) return 2;
    return out.tx.access_list.empty() ? 0 : 1;
}

JsonTransaction Collected::finish() {
    auto& tx = out.tx;
    if (!has_nonce || !has_gas || !has_data) throw Bad{DecodeError::json_missing_field};
    const auto number = type ? *type : implied_type();
    if (number > 4) throw Bad{DecodeError::unknown_type};
    tx.type = static_cast<TxType>(number);
    if (tx.type == TxType::legacy || tx.type == TxType::access_list) {
        tx.max_fee_per_gas = require(gas_price, DecodeError::json_missing_field);
        tx.max_priority_fee_per_gas = tx.max_fee_per_gas;
    } else {
        tx.max_fee_per_gas = require(max_fee, DecodeError::json_missing_field);
        tx.max_priority_fee_per_gas = require(max_priority_fee, DecodeError::json_missing_field);
    }
    if (tx.type != TxType::legacy)
        tx.chain_id = ChainId{require(chain_id, DecodeError::json_missing_field)};
    // EIP-4844 and EIP-7702 transactions cannot create.
    const bool creates = !tx.to;
    if (creates && (tx.type == TxType::blob || tx.type == TxType::set_code))
        throw Bad{DecodeError::json_missing_field};
    finish_signature();
    return std::move(out);
}

JsonTransaction read_transaction(od::value value) {
    Collected collected;
    for_each_field(value,
                   [&](std::string_view key, od::value field) { collected.take(key, field); });
    return collected.finish();
}

JsonBlock read_block(od::value value) {
    JsonBlock block;
    bool has_number = false;
    bool has_hash = false;
    bool has_parent = false;
    bool has_transactions = false;
    for_each_field(value, [&](std::string_view key, od::value field) {
        if (key == "transactions") {
            has_transactions = true;
            for_each_element(field, [&](od::value element) {
                if (element.type() == od::json_type::string) {
                    block.transaction_hashes.push_back(hash(element));
                    return;
                }
                block.transactions.push_back(read_transaction(element));
                block.transaction_hashes.push_back(
                    require(block.transactions.back().hash, DecodeError::json_missing_field));
            });
            return;
        }
        if (field.is_null()) return;
        if (key == "number") {
            block.number = BlockNumber{quantity64(field)};
            has_number = true;
        } else if (key == "hash") {
            block.hash = hash(field);
            has_hash = true;
        } else if (key == "parentHash") {
            block.parent_hash = hash(field);
            has_parent = true;
        } else if (key == "timestamp") {
            const auto seconds = quantity64(field);
            if (seconds > std::numeric_limits<std::int64_t>::max())
                throw Bad{DecodeError::field_out_of_range};
            block.timestamp_s = static_cast<std::int64_t>(seconds);
        } else if (key == "baseFeePerGas") {
            block.base_fee = quantity(field);
        } else if (key == "gasUsed") {
            block.gas_used = Gas{quantity64(field)};
        } else if (key == "gasLimit") {
            block.gas_limit = Gas{quantity64(field)};
        } else if (key == "transactionsRoot") {
            block.transactions_root = hash(field);
        }
    });
    if (!has_number || !has_hash || !has_parent || !has_transactions)
        throw Bad{DecodeError::json_missing_field};
    return block;
}

} // namespace

struct TransactionJsonParser::Impl {
    od::parser parser;
    std::string buffer; // the input with the padding that simdjson requires

    // Frees the memory of a large text after the call instead of keeping it for the parser's
    // lifetime.
    struct Releasing {
        Impl& impl;
        ~Releasing() {
            if (impl.buffer.capacity() <= kMostKept) return;
            impl.parser = od::parser();
            impl.buffer = std::string();
        }
    };

    template <class F>
    auto parse(std::string_view json, F read)
        -> Result<decltype(read(std::declval<od::value>())), DecodeError> {
        // Small texts, the hot path, are cheap enough to skip the check.
        if (json.size() > kMostKept && exceeds(json)) return Failure{DecodeError::json_malformed};
        const Releasing releasing{*this};
        buffer.assign(json);
        buffer.reserve(json.size() + simdjson::SIMDJSON_PADDING);
        try {
            auto document = parser.iterate(buffer.data(), buffer.size(), buffer.capacity());
            auto value = read(document.get_value());
            if (document.current_location().error() != simdjson::OUT_OF_BOUNDS)
                return Failure{DecodeError::json_malformed}; // data follows the value
            return value;
        } catch (const Bad& bad) {
            return Failure{bad.error};
        } catch (const simdjson::simdjson_error&) {
            return Failure{DecodeError::json_malformed};
        }
    }
};

TransactionJsonParser::TransactionJsonParser() : impl_(std::make_unique<Impl>()) {}
TransactionJsonParser::~TransactionJsonParser() = default;
TransactionJsonParser::TransactionJsonParser(TransactionJsonParser&&) noexcept = default;
TransactionJsonParser& TransactionJsonParser::operator=(TransactionJsonParser&&) noexcept = default;

Result<JsonTransaction, DecodeError> TransactionJsonParser::parse(std::string_view json) {
    return impl_->parse(json, [](od::value value) { return read_transaction(value); });
}

Result<JsonBlock, DecodeError> TransactionJsonParser::parse_block(std::string_view json) {
    return impl_->parse(json, [](od::value value) { return read_block(value); });
}

} // namespace viz::eth
