#include "components/eth/transaction_json.hpp"

#include <simdjson.h>

#include "components/eth/hex.hpp"

namespace viz::eth {

namespace {

namespace od = simdjson::ondemand;

// Thrown inside this file only: where a value is not what its field must hold.
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
        auto& entry = all.emplace_back();
        for_each_field(element, [&](std::string_view key, od::value field) {
            if (key == "address")
                entry.address = address(field);
            else if (key == "storageKeys" && !field.is_null())
                entry.storage_keys = hashes(field);
        });
    });
    return all;
}

std::vector<Authorization> authorizations(od::value value) {
    std::vector<Authorization> all;
    for_each_element(value, [&](od::value element) {
        auto& entry = all.emplace_back();
        const auto y_parity = [&](od::value field) {
            const auto y = quantity64(field);
            if (y > 255) throw Bad{DecodeError::field_out_of_range};
            entry.y_parity = static_cast<std::uint8_t>(y);
        };
        for_each_field(element, [&](std::string_view key, od::value field) {
            if (key == "chainId")
                entry.chain_id = quantity(field);
            else if (key == "address")
                entry.address = address(field);
            else if (key == "nonce")
                entry.nonce = quantity64(field);
            else if (key == "yParity" || key == "v")
                y_parity(field);
            else if (key == "r")
                entry.r = quantity(field);
            else if (key == "s")
                entry.s = quantity(field);
        });
    });
    return all;
}

// The fields as they come; what they mean together is decided when all are there.
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
        // Nodes give yParity, v, or both; v then is the parity (or 27/28 in old ones).
        std::uint64_t y = y_parity ? *y_parity : v->low_u64();
        if (!y_parity && (y == 27 || y == 28)) y -= 27;
        if (y > 1 || (v && !v->fits_u64())) throw Bad{DecodeError::bad_y_parity};
        tx.signature.y_parity = static_cast<std::uint8_t>(y);
        return;
    }
    if (!v) throw Bad{DecodeError::json_missing_field};
    if (*v == U256(27) || *v == U256(28)) {
        tx.signature.y_parity = static_cast<std::uint8_t>(v->low_u64() - 27);
        // Some nodes add their own chainId to transactions that were signed without one.
        tx.chain_id.reset();
        return;
    }
    if (*v < U256(37)) throw Bad{DecodeError::bad_y_parity};
    const auto [chain, parity] = div_u64(*v - U256(35), 2);
    if (!chain.fits_u64()) throw Bad{DecodeError::field_out_of_range};
    tx.chain_id = ChainId{chain.low_u64()};
    tx.signature.y_parity = static_cast<std::uint8_t>(parity);
}

JsonTransaction Collected::finish() {
    auto& tx = out.tx;
    if (!has_nonce || !has_gas || !has_data) throw Bad{DecodeError::json_missing_field};
    if (type.value_or(0) > 4) throw Bad{DecodeError::unknown_type};
    tx.type = static_cast<TxType>(type.value_or(0));
    if (tx.type == TxType::legacy || tx.type == TxType::access_list) {
        tx.max_fee_per_gas = require(gas_price, DecodeError::json_missing_field);
        tx.max_priority_fee_per_gas = tx.max_fee_per_gas;
    } else {
        tx.max_fee_per_gas = require(max_fee, DecodeError::json_missing_field);
        tx.max_priority_fee_per_gas = require(max_priority_fee, DecodeError::json_missing_field);
    }
    if (tx.type != TxType::legacy)
        tx.chain_id = ChainId{require(chain_id, DecodeError::json_missing_field)};
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
    for_each_field(value, [&](std::string_view key, od::value field) {
        if (key == "transactions") {
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
            block.timestamp_s = static_cast<std::int64_t>(quantity64(field));
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
    if (!has_number || !has_hash || !has_parent) throw Bad{DecodeError::json_missing_field};
    return block;
}

} // namespace

struct TransactionJsonParser::Impl {
    od::parser parser;
    std::string buffer; // the input with the padding simdjson reads into

    template <class F>
    auto parse(std::string_view json, F read)
        -> Result<decltype(read(std::declval<od::value>())), DecodeError> {
        buffer.assign(json);
        buffer.reserve(json.size() + simdjson::SIMDJSON_PADDING);
        try {
            auto document = parser.iterate(buffer.data(), buffer.size(), buffer.capacity());
            return read(document.get_value());
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
