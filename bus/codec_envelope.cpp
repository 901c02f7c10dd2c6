// Codec of journal entries and committed events.
#include <algorithm>

#include "bus/codec_detail.hpp"

namespace viz::bus {

using namespace detail;

namespace {

// One overload of build() for each event type.
auto build(fbs::FlatBufferBuilder& b, const TxSeen& m) {
    const auto hash = put(m.hash);
    return fb::CreateTxSeen(b, &hash, m.backfilled);
}
auto build(fbs::FlatBufferBuilder& b, const TxFetched& m) {
    const auto hash = put(m.hash);
    return fb::CreateTxFetched(b, &hash, m.body_bytes);
}
auto build(fbs::FlatBufferBuilder& b, const TxDecoded& m) {
    const auto hash = put(m.hash);
    const auto sender = put(m.sender);
    const OptionalStruct<fb::Address> to(m.to);
    const auto value = put(m.value);
    const auto max_fee = put(m.max_fee_per_gas);
    const auto tip = put(m.max_priority_fee_per_gas);
    const OptionalStruct<fb::Wei> blob_fee(m.max_fee_per_blob_gas);
    const OptionalStruct<fb::Selector> selector(m.selector);
    return fb::CreateTxDecoded(
        b, &hash, &sender, static_cast<std::uint8_t>(m.tx_type), m.nonce, to.pointer(), &value,
        m.gas_limit.value, &max_fee, &tip, blob_fee.pointer(), m.blob_count, m.calldata_len,
        m.raw_tx_len, selector.pointer(), m.first_seen_unix_ms.value, m.first_seen_mono_ns.value);
}
auto build(fbs::FlatBufferBuilder& b, const TxReady& m) {
    const auto reason = b.CreateString(m.reason);
    const auto hash = put(m.hash);
    const auto sender = put(m.sender);
    return fb::CreateTxReady(b, &hash, &sender, m.nonce, reason);
}
auto build(fbs::FlatBufferBuilder& b, const TxBlocked& m) {
    const auto reason = b.CreateString(m.reason);
    const auto hash = put(m.hash);
    const auto sender = put(m.sender);
    return fb::CreateTxBlocked(b, &hash, &sender, m.nonce, m.expected_nonce, reason);
}
auto build(fbs::FlatBufferBuilder& b, const TxReplaced& m) {
    const auto reason = b.CreateString(m.reason);
    const auto hash = put(m.hash);
    const auto sender = put(m.sender);
    const auto by = put(m.replaced_by);
    return fb::CreateTxReplaced(b, &hash, &sender, m.nonce, &by, m.bump_bps, reason);
}
auto build(fbs::FlatBufferBuilder& b, const TxDropped& m) {
    const auto reason = b.CreateString(m.reason);
    const auto hash = put(m.hash);
    const auto sender = put(m.sender);
    const OptionalStruct<fb::Hash> by(m.by);
    return fb::CreateTxDropped(b, &hash, &sender, m.nonce, reason, by.pointer());
}
auto build(fbs::FlatBufferBuilder& b, const TxConfirmedProvisional& m) {
    const auto hash = put(m.hash);
    const auto sender = put(m.sender);
    const auto block = put(m.block_hash);
    const auto delay =
        m.inclusion_delay_ms ? fbs::Optional<std::int64_t>(*m.inclusion_delay_ms) : fbs::nullopt;
    return fb::CreateTxConfirmedProvisional(b, &hash, &sender, m.nonce, m.block_number.value,
                                            &block, m.block_timestamp_s, delay);
}
auto build(fbs::FlatBufferBuilder& b, const TxConfirmedFinal& m) {
    const auto hash = put(m.hash);
    const auto block = put(m.block_hash);
    return fb::CreateTxConfirmedFinal(b, &hash, m.block_number.value, &block);
}
auto build(fbs::FlatBufferBuilder& b, const TxReorged& m) {
    const auto hash = put(m.hash);
    const auto block = put(m.block_hash);
    return fb::CreateTxReorged(b, &hash, m.block_number.value, &block, m.depth);
}
auto build(fbs::FlatBufferBuilder& b, const Damaged& m) {
    const auto reason = b.CreateString(m.reason);
    return fb::CreateDamaged(b, reason);
}
auto build(fbs::FlatBufferBuilder& b, const Feature& m) {
    return build_feature(b, m);
}
auto build(fbs::FlatBufferBuilder& b, const BlockRecord& m) {
    const auto hash = put(m.hash);
    const auto parent = put(m.parent_hash);
    const auto base_fee = put(m.base_fee);
    return fb::CreateBlockRecord(b, m.number.value, &hash, &parent, m.timestamp_s, &base_fee,
                                 m.gas_used.value, m.gas_limit.value, m.tx_count, m.canonical);
}

// Union member and variant alternative have the same index, offset by NONE = 0.
constexpr std::size_t kAlternatives = std::variant_size_v<EventData>;
static_assert(static_cast<std::size_t>(fb::EventData::MAX) == kAlternatives);

std::optional<EventData> read(const fb::TxDecoded& w) {
    const auto type = enum_up_to(w.tx_type(), TxType::set_code);
    if (!type) return std::nullopt;
    return TxDecoded{.hash = get(w.hash()),
                     .sender = get(w.sender()),
                     .tx_type = *type,
                     .nonce = w.nonce(),
                     .to = get_optional(w.to()),
                     .value = get(w.value()),
                     .gas_limit = Gas{w.gas_limit()},
                     .max_fee_per_gas = get(w.max_fee_per_gas()),
                     .max_priority_fee_per_gas = get(w.max_priority_fee_per_gas()),
                     .max_fee_per_blob_gas = get_optional(w.max_fee_per_blob_gas()),
                     .blob_count = w.blob_count(),
                     .calldata_len = w.calldata_len(),
                     .raw_tx_len = w.raw_tx_len(),
                     .selector = get_optional(w.selector()),
                     .first_seen_unix_ms = UnixMs{w.first_seen_unix_ms()},
                     .first_seen_mono_ns = MonoNs{w.first_seen_mono_ns()}};
}

EventData read(const fb::TxConfirmedProvisional& w) {
    const auto delay = w.inclusion_delay_ms();
    return TxConfirmedProvisional{.hash = get(w.hash()),
                                  .sender = get(w.sender()),
                                  .nonce = w.nonce(),
                                  .block_number = BlockNumber{w.block_number()},
                                  .block_hash = get(w.block_hash()),
                                  .block_timestamp_s = w.block_timestamp_s(),
                                  .inclusion_delay_ms =
                                      delay ? std::optional(*delay) : std::nullopt};
}

EventData read(const fb::BlockRecord& w) {
    return BlockRecord{.number = BlockNumber{w.number()},
                       .hash = get(w.hash()),
                       .parent_hash = get(w.parent_hash()),
                       .timestamp_s = w.timestamp_s(),
                       .base_fee = get(w.base_fee()),
                       .gas_used = Gas{w.gas_used()},
                       .gas_limit = Gas{w.gas_limit()},
                       .tx_count = w.tx_count(),
                       .canonical = w.canonical()};
}

std::optional<EventData> read_data(const fb::Envelope& e) {
    switch (e.data_type()) {
    case fb::EventData::TxSeen: {
        const auto& w = *e.data_as_TxSeen();
        return TxSeen{get(w.hash()), w.backfilled()};
    }
    case fb::EventData::TxFetched: {
        const auto& w = *e.data_as_TxFetched();
        return TxFetched{get(w.hash()), w.body_bytes()};
    }
    case fb::EventData::TxDecoded:
        return read(*e.data_as_TxDecoded());
    case fb::EventData::TxReady: {
        const auto& w = *e.data_as_TxReady();
        return TxReady{get(w.hash()), get(w.sender()), w.nonce(), get(w.reason())};
    }
    case fb::EventData::TxBlocked: {
        const auto& w = *e.data_as_TxBlocked();
        return TxBlocked{get(w.hash()), get(w.sender()), w.nonce(), w.expected_nonce(),
                         get(w.reason())};
    }
    case fb::EventData::TxReplaced: {
        const auto& w = *e.data_as_TxReplaced();
        return TxReplaced{get(w.hash()),        get(w.sender()), w.nonce(),
                          get(w.replaced_by()), w.bump_bps(),    get(w.reason())};
    }
    case fb::EventData::TxDropped: {
        const auto& w = *e.data_as_TxDropped();
        return TxDropped{get(w.hash()), get(w.sender()), w.nonce(), get(w.reason()),
                         get_optional(w.by())};
    }
    case fb::EventData::TxConfirmedProvisional:
        return read(*e.data_as_TxConfirmedProvisional());
    case fb::EventData::TxConfirmedFinal: {
        const auto& w = *e.data_as_TxConfirmedFinal();
        return TxConfirmedFinal{get(w.hash()), BlockNumber{w.block_number()}, get(w.block_hash())};
    }
    case fb::EventData::TxReorged: {
        const auto& w = *e.data_as_TxReorged();
        return TxReorged{get(w.hash()), BlockNumber{w.block_number()}, get(w.block_hash()),
                         w.depth()};
    }
    case fb::EventData::Feature:
        return read_feature(*e.data_as_Feature());
    case fb::EventData::BlockRecord:
        return read(*e.data_as_BlockRecord());
    case fb::EventData::Damaged:
        return Damaged{get(e.data_as_Damaged()->reason())};
    default:
        return read_opportunity_data(e);
    }
}

} // namespace

Payload encode(const Envelope& m) {
    thread_local fbs::FlatBufferBuilder b(512);
    b.Clear();
    const auto source = b.CreateString(m.source_id);
    const auto data = std::visit([](const auto& event) { return build(b, event).Union(); }, m.data);
    fb::EnvelopeBuilder envelope(b);
    // seq_id is written even when it is 0, so that it can be changed in place.
    b.ForceDefaults(true);
    envelope.add_seq_id(m.seq_id);
    b.ForceDefaults(false);
    envelope.add_ingest_ts_unix_ms(m.ingest_ts_unix_ms.value);
    envelope.add_ingest_ts_mono_ns(m.ingest_ts_mono_ns.value);
    envelope.add_source_id(source);
    envelope.add_chain_id(m.chain_id.value);
    envelope.add_data_type(static_cast<fb::EventData>(m.data.index() + 1));
    envelope.add_data(data);
    b.Finish(envelope.Finish());
    return finish(b);
}

template <> std::optional<Envelope> decode(PayloadView payload) {
    Payload aligned;
    const auto* w = verified_root<fb::Envelope>(payload, aligned);
    if (w == nullptr) return std::nullopt;
    auto data = read_data(*w);
    if (!data) return std::nullopt;
    return Envelope{.seq_id = w->seq_id(),
                    .ingest_ts_unix_ms = UnixMs{w->ingest_ts_unix_ms()},
                    .ingest_ts_mono_ns = MonoNs{w->ingest_ts_mono_ns()},
                    .source_id = get(w->source_id()),
                    .chain_id = ChainId{w->chain_id()},
                    .data = std::move(*data)};
}

bool number_envelope(std::span<std::uint8_t> payload, std::uint64_t seq_id) {
    Payload aligned;
    const auto* verified = verified_root<fb::Envelope>(payload, aligned);
    if (verified == nullptr) return false;
    if (aligned.empty())
        return fbs::GetMutableRoot<fb::Envelope>(payload.data())->mutate_seq_id(seq_id);
    if (!fbs::GetMutableRoot<fb::Envelope>(aligned.data())->mutate_seq_id(seq_id)) return false;
    std::ranges::copy(aligned, payload.begin());
    return true;
}

} // namespace viz::bus
