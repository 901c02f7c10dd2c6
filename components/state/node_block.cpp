#include "components/state/node_block.hpp"

#include <array>

#include "components/eth/json_fields.hpp"
#include "components/eth/json_reader.hpp"

namespace viz::state {

namespace {

using namespace json;

// Thrown and caught within this file: a field that is not there or not what it should be.
struct BadField {};

template <class T> T must(std::optional<T> value) {
    if (!value) throw BadField{};
    return std::move(*value);
}
std::string_view text_of(const Json& object, std::string_view key) {
    return must(text_in(member(object, key)));
}
std::uint64_t number(const Json& object, std::string_view key) {
    return must(eth::u64_from_hex(text_of(object, key)));
}
eth::Hash hash(const Json& object, std::string_view key) {
    return must(eth::hash_from_hex(text_of(object, key)));
}
eth::Address address(const Json& object, std::string_view key) {
    return must(eth::address_from_hex(text_of(object, key)));
}

void read_header(const Json& from, NodeBlock& block) {
    auto& env = block.environment;
    env.number = number(from, "number");
    env.timestamp = number(from, "timestamp");
    env.coinbase = address(from, "miner");
    env.gas_limit = number(from, "gasLimit");
    env.base_fee = must(eth::u256_from_hex(text_of(from, "baseFeePerGas")));
    env.prev_randao = hash(from, "mixHash");
    if (member(from, "excessBlobGas")) env.excess_blob_gas = number(from, "excessBlobGas");
    if (member(from, "blobGasUsed")) block.blob_gas_used = number(from, "blobGasUsed");
    if (member(from, "parentBeaconBlockRoot"))
        block.parent_beacon_root = hash(from, "parentBeaconBlockRoot");
    block.ref = {.hash = hash(from, "hash"), .number = env.number};
    block.parent_hash = hash(from, "parentHash");
    block.claims.gas_used = number(from, "gasUsed");
    block.claims.receipts_root = hash(from, "receiptsRoot");
    if (!eth::fixed_from_hex(text_of(from, "logsBloom"), block.claims.logs_bloom.bytes))
        throw BadField{};
    const auto withdrawals = member_not_null(from, "withdrawals");
    if (!withdrawals) return;
    simdjson::dom::array list;
    if (withdrawals->get_array().get(list) != simdjson::SUCCESS) throw BadField{};
    for (const auto w : list)
        block.withdrawals.push_back({address(w, "address"), number(w, "amount")});
}

// `text` is the same object, for the parser of transactions.
Result<NodeBlock, BlockFault> block_of(const Json& header, std::string_view text,
                                       eth::ChainId chain, eth::TransactionJsonParser& parser) {
    if (header.is_null()) return Failure{BlockFault::not_found};
    if (!header.is_object()) return Failure{BlockFault::missing_field};
    NodeBlock block;
    block.environment.chain_id = chain;
    try {
        read_header(header, block);
    } catch (const BadField&) {
        return Failure{BlockFault::missing_field};
    }
    const auto body = parser.parse_block(text);
    if (!body || body->transactions.size() != body->transaction_hashes.size())
        return Failure{BlockFault::bad_transaction};
    for (const auto& tx : body->transactions) {
        if (!tx.from || !tx.hash) return Failure{BlockFault::bad_transaction};
        block.transactions.push_back(tx.tx);
        block.senders.push_back(*tx.from);
        block.hashes.push_back(*tx.hash);
    }
    return block;
}

} // namespace

std::string_view to_string(BlockFault fault) {
    constexpr std::array<std::string_view, 6> kTexts{
        "not_json", "not_found", "refused", "missing_field", "bad_transaction", "another_block"};
    static_assert(kTexts.size() == static_cast<std::size_t>(BlockFault::another_block) + 1);
    return kTexts[static_cast<std::size_t>(fault)];
}

std::string block_request(const eth::Hash& hash) {
    return R"({"jsonrpc":"2.0","id":1,"method":"eth_getBlockByHash","params":[")" +
           eth::to_hex(hash.view()) + R"(",true]})";
}

Result<NodeBlock, BlockFault> parse_block(std::string_view result, eth::ChainId chain,
                                          eth::TransactionJsonParser& parser) {
    const auto document = eth::JsonDocument::read(result);
    if (!document) return Failure{BlockFault::not_json};
    return block_of(document->root(), result, chain, parser);
}

Result<NodeBlock, BlockFault> parse_block_reply(std::string_view reply, const eth::Hash& hash,
                                                eth::ChainId chain,
                                                eth::TransactionJsonParser& parser) {
    const auto document = eth::JsonDocument::read(reply);
    if (!document) return Failure{BlockFault::not_json};
    const auto result = member(document->root(), "result");
    if (!result) return Failure{BlockFault::refused};
    auto block = block_of(*result, simdjson::minify(*result), chain, parser);
    if (block && block->ref.hash != hash) return Failure{BlockFault::another_block};
    return block;
}

} // namespace viz::state
