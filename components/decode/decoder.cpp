#include "components/decode/decoder.hpp"

#include <algorithm>

#include "components/eth/keccak.hpp"
#include "components/eth/transaction_rlp.hpp"

namespace viz::decode {

using eth::DecodeError;

Result<bus::DecodedTx, DecodeError> Decoder::decode(const bus::PendingTx& pending) {
    eth::JsonTransaction parsed;
    if (pending.format == bus::BodyFormat::raw_rlp) {
        auto tx = eth::decode_transaction(pending.body);
        if (!tx) return Failure{tx.error()};
        parsed.tx = std::move(*tx);
    } else {
        auto tx =
            json_.parse({reinterpret_cast<const char*>(pending.body.data()), pending.body.size()});
        if (!tx) return Failure{tx.error()};
        parsed = std::move(*tx);
    }
    auto& tx = parsed.tx;
    if (tx.chain_id && *tx.chain_id != pending.chain_id) return Failure{DecodeError::wrong_chain};

    auto raw = eth::encode_transaction(tx);
    const auto hash = eth::keccak256(raw);
    if (hash != pending.announced_hash) return Failure{DecodeError::hash_mismatch};
    const auto sender = recoverer_.sender(tx);
    if (!sender) return Failure{sender.error()};
    if (parsed.from && *parsed.from != *sender) return Failure{DecodeError::sender_mismatch};

    const bool blob = tx.type == eth::TxType::blob;
    return bus::DecodedTx{.chain_id = pending.chain_id,
                          .source_id = pending.source_id,
                          .hash = hash,
                          .sender = *sender,
                          .first_seen_unix_ms = pending.first_seen_unix_ms,
                          .first_seen_mono_ns = pending.first_seen_mono_ns,
                          .backfilled = pending.backfilled,
                          .type = tx.type,
                          .nonce = tx.nonce,
                          .to = tx.to,
                          .value = tx.value,
                          .gas_limit = tx.gas_limit,
                          .max_fee_per_gas = tx.max_fee_per_gas,
                          .max_priority_fee_per_gas = tx.max_priority_fee_per_gas,
                          .max_fee_per_blob_gas =
                              blob ? std::optional(tx.max_fee_per_blob_gas) : std::nullopt,
                          .blob_count = static_cast<std::uint32_t>(tx.blob_versioned_hashes.size()),
                          .calldata = std::move(tx.data),
                          .raw = std::move(raw)};
}

bus::TxDecoded event_of(const bus::DecodedTx& tx) {
    std::optional<bus::Selector> selector;
    if (tx.calldata.size() >= 4 && tx.to)
        std::copy_n(tx.calldata.begin(), 4, selector.emplace().bytes.begin());
    return bus::TxDecoded{.hash = tx.hash,
                          .sender = tx.sender,
                          .tx_type = tx.type,
                          .nonce = tx.nonce,
                          .to = tx.to,
                          .value = tx.value,
                          .gas_limit = tx.gas_limit,
                          .max_fee_per_gas = tx.max_fee_per_gas,
                          .max_priority_fee_per_gas = tx.max_priority_fee_per_gas,
                          .max_fee_per_blob_gas = tx.max_fee_per_blob_gas,
                          .blob_count = tx.blob_count,
                          .calldata_len = static_cast<std::uint32_t>(tx.calldata.size()),
                          .raw_tx_len = static_cast<std::uint32_t>(tx.raw.size()),
                          .selector = selector,
                          .first_seen_unix_ms = tx.first_seen_unix_ms,
                          .first_seen_mono_ns = tx.first_seen_mono_ns};
}

} // namespace viz::decode
