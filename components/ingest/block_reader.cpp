#include "components/ingest/block_reader.hpp"

#include <limits>

#include <simdjson.h>

#include "components/eth/hex.hpp"

namespace viz::ingest {

namespace od = simdjson::ondemand;

std::string_view to_string(BlockError error) {
    switch (error) {
    case BlockError::null_block:
        return "null_block";
    case BlockError::not_a_block:
        return "not_a_block";
    case BlockError::bad_transaction:
        return "bad_transaction";
    }
    return "unknown";
}

namespace {

std::optional<std::string_view> text_of(od::value& value) {
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
    return text;
}

template <class T, class Parse> bool take(od::value& value, std::optional<T>& out, Parse parse) {
    const auto text = text_of(value);
    if (text) out = parse(*text);
    return out.has_value();
}

struct HeaderFields {
    std::optional<std::uint64_t> number;
    std::optional<eth::Hash> hash;
    std::optional<eth::Hash> parent;
    std::optional<std::uint64_t> timestamp;
    std::optional<std::uint64_t> gas_used;
    std::optional<std::uint64_t> gas_limit;
    std::optional<eth::U256> base_fee;
    bool transactions{};
};

bool read_authorization(od::object object, eth::Authorization& out) {
    std::optional<eth::U256> chain;
    std::optional<eth::Address> address;
    std::optional<std::uint64_t> nonce;
    std::optional<std::uint64_t> parity;
    std::optional<eth::U256> r;
    std::optional<eth::U256> s;
    for (auto item : object) {
        std::string_view key;
        od::value value;
        if (item.unescaped_key().get(key) != simdjson::SUCCESS ||
            item.value().get(value) != simdjson::SUCCESS)
            return false;
        if (key == "chainId") take(value, chain, eth::u256_from_hex);
        if (key == "address") take(value, address, eth::address_from_hex);
        if (key == "nonce") take(value, nonce, eth::u64_from_hex);
        if (key == "yParity" || (key == "v" && !parity)) take(value, parity, eth::u64_from_hex);
        if (key == "r") take(value, r, eth::u256_from_hex);
        if (key == "s") take(value, s, eth::u256_from_hex);
    }
    if (!chain || !address || !nonce || !parity || *parity > 1 || !r || !s) return false;
    out = {*chain, *address, *nonce, static_cast<std::uint8_t>(*parity), *r, *s};
    return true;
}

} // namespace

struct BlockReader::Impl {
    eth::ChainId chain_id;
    RecoverAuthority recover;
    od::parser parser;

    void read_authorities(od::value& list, bus::BlockTx& tx) const {
        od::array entries;
        if (!recover || list.get_array().get(entries) != simdjson::SUCCESS) return;
        for (auto item : entries) {
            od::object object;
            eth::Authorization authorization;
            if (item.get_object().get(object) != simdjson::SUCCESS) return;
            if (!read_authorization(object, authorization)) continue;
            if (authorization.chain_id != eth::U256{} &&
                authorization.chain_id != eth::U256{chain_id.value})
                continue;
            if (authorization.nonce == std::numeric_limits<std::uint64_t>::max()) continue;
            if (const auto signer = recover(authorization))
                tx.authorities.push_back({*signer, authorization.nonce});
        }
    }

    bool read_transaction(od::object object, bus::BlockTx& tx) const {
        std::optional<eth::Hash> hash;
        std::optional<eth::Address> sender;
        std::optional<std::uint64_t> nonce;
        for (auto item : object) {
            std::string_view key;
            od::value value;
            if (item.unescaped_key().get(key) != simdjson::SUCCESS ||
                item.value().get(value) != simdjson::SUCCESS)
                return false;
            if (key == "hash")
                take(value, hash, eth::hash_from_hex);
            else if (key == "from")
                take(value, sender, eth::address_from_hex);
            else if (key == "nonce")
                take(value, nonce, eth::u64_from_hex);
            else if (key == "authorizationList")
                read_authorities(value, tx);
        }
        if (!hash || !sender || !nonce) return false;
        tx.hash = *hash;
        tx.sender = *sender;
        tx.nonce = *nonce;
        return true;
    }

    bool read_transactions(od::value& list, bus::Head& head) const {
        od::array entries;
        if (list.get_array().get(entries) != simdjson::SUCCESS) return false;
        for (auto item : entries) {
            od::object object;
            if (item.get_object().get(object) != simdjson::SUCCESS) return false;
            if (!read_transaction(object, head.transactions.emplace_back())) return false;
        }
        return true;
    }
};

BlockReader::BlockReader(eth::ChainId chain_id, RecoverAuthority recover)
    : impl_(std::make_unique<Impl>()) {
    impl_->chain_id = chain_id;
    impl_->recover = std::move(recover);
}
BlockReader::~BlockReader() = default;

Result<bus::Head, BlockError> BlockReader::read(PaddedText block) {
    if (block.text == "null") return Failure{BlockError::null_block};
    od::document document;
    od::object object;
    if (impl_->parser.iterate(block.text.data(), block.text.size(), block.readable).get(document) !=
            simdjson::SUCCESS ||
        document.get_object().get(object) != simdjson::SUCCESS)
        return Failure{BlockError::not_a_block};

    bus::Head head{};
    head.chain_id = impl_->chain_id;
    HeaderFields fields;
    for (auto item : object) {
        std::string_view key;
        od::value value;
        if (item.unescaped_key().get(key) != simdjson::SUCCESS ||
            item.value().get(value) != simdjson::SUCCESS)
            return Failure{BlockError::not_a_block};
        if (key == "number") take(value, fields.number, eth::u64_from_hex);
        if (key == "hash") take(value, fields.hash, eth::hash_from_hex);
        if (key == "parentHash") take(value, fields.parent, eth::hash_from_hex);
        if (key == "timestamp") take(value, fields.timestamp, eth::u64_from_hex);
        if (key == "gasUsed") take(value, fields.gas_used, eth::u64_from_hex);
        if (key == "gasLimit") take(value, fields.gas_limit, eth::u64_from_hex);
        if (key == "baseFeePerGas") take(value, fields.base_fee, eth::u256_from_hex);
        if (key == "transactions") {
            fields.transactions = true;
            if (!impl_->read_transactions(value, head)) return Failure{BlockError::bad_transaction};
        }
    }
    if (!fields.number || !fields.hash || !fields.parent || !fields.timestamp || !fields.gas_used ||
        !fields.gas_limit || !fields.transactions ||
        *fields.timestamp > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return Failure{BlockError::not_a_block};
    head.number = eth::BlockNumber{*fields.number};
    head.hash = *fields.hash;
    head.parent_hash = *fields.parent;
    head.timestamp_s = static_cast<std::int64_t>(*fields.timestamp);
    head.gas_used = eth::Gas{*fields.gas_used};
    head.gas_limit = eth::Gas{*fields.gas_limit};
    head.base_fee = fields.base_fee.value_or(eth::Wei{});
    return head;
}

} // namespace viz::ingest
