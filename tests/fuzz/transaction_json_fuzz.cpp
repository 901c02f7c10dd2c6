// A node's JSON for a transaction or a block: refused, or a transaction that has one encoding; and
// decode accepts it only under its own hash.
#include <cstdlib>

#include "components/decode/decoder.hpp"
#include "components/eth/transaction_json.hpp"
#include "components/eth/transaction_rlp.hpp"

namespace {

using namespace viz;

void require(bool condition) {
    if (!condition) std::abort();
}

void look_at(const eth::Transaction& tx) {
    const auto encoded = eth::encode_transaction(tx);
    const auto again = eth::decode_transaction(encoded);
    require(again && eth::encode_transaction(*again) == encoded);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static eth::TransactionJsonParser parser;
    static decode::Decoder decoder;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    (void)parser.parse_block(text);
    auto read = parser.parse(text);
    if (!read) return 0;
    look_at(read->tx);

    bus::PendingTx pending{.chain_id = read->tx.chain_id.value_or(eth::ChainId{1}),
                           .announced_hash = eth::transaction_hash(read->tx),
                           .format = bus::BodyFormat::node_json,
                           .body = eth::Bytes(data, data + size)};
    const auto decoded = decoder.decode(pending);
    require(!decoded || decoded->hash == pending.announced_hash);
    pending.announced_hash.bytes[0] ^= 1;
    require(!decoder.decode(pending));
    return 0;
}
