#include "bus/codec.hpp"

#include "bus/codec_detail.hpp"

namespace viz::bus {

using namespace detail;

namespace {
// One builder per thread, whose memory is reused between messages.
fbs::FlatBufferBuilder& fresh_builder() {
    thread_local fbs::FlatBufferBuilder builder(1024);
    builder.Clear();
    return builder;
}
} // namespace

// ------------------------------------------------------------------------------- pending

Payload encode(const PendingTx& m) {
    auto& b = fresh_builder();
    const auto source = b.CreateString(m.source_id);
    const auto body = b.CreateVector(m.body);
    const auto hash = put(m.announced_hash);
    b.Finish(fb::CreatePendingTx(b, m.chain_id.value, source, &hash, m.first_seen_unix_ms.value,
                                 m.first_seen_mono_ns.value, m.backfilled,
                                 static_cast<std::uint8_t>(m.format), body));
    return finish(b);
}

template <> std::optional<PendingTx> decode(PayloadView payload) {
    Payload aligned;
    const auto* w = verified_root<fb::PendingTx>(payload, aligned);
    if (w == nullptr) return std::nullopt;
    const auto format = enum_up_to(w->format(), BodyFormat::node_json, 1);
    if (!format) return std::nullopt;
    return PendingTx{.chain_id = ChainId{w->chain_id()},
                     .source_id = get(w->source_id()),
                     .announced_hash = get(w->announced_hash()),
                     .first_seen_unix_ms = UnixMs{w->first_seen_unix_ms()},
                     .first_seen_mono_ns = MonoNs{w->first_seen_mono_ns()},
                     .backfilled = w->backfilled(),
                     .format = *format,
                     .body = get(w->body())};
}

// ------------------------------------------------------------------------------- tx

Payload encode(const DecodedTx& m) {
    auto& b = fresh_builder();
    const auto source = b.CreateString(m.source_id);
    const auto calldata = b.CreateVector(m.calldata);
    const auto raw = b.CreateVector(m.raw);
    const auto hash = put(m.hash);
    const auto sender = put(m.sender);
    const OptionalStruct<fb::Address> to(m.to);
    const auto value = put(m.value);
    const auto max_fee = put(m.max_fee_per_gas);
    const auto tip = put(m.max_priority_fee_per_gas);
    const OptionalStruct<fb::Wei> blob_fee(m.max_fee_per_blob_gas);
    b.Finish(fb::CreateDecodedTx(b, m.chain_id.value, source, &hash, &sender,
                                 m.first_seen_unix_ms.value, m.first_seen_mono_ns.value,
                                 m.backfilled, static_cast<std::uint8_t>(m.type), m.nonce,
                                 to.pointer(), &value, m.gas_limit.value, &max_fee, &tip,
                                 blob_fee.pointer(), m.blob_count, calldata, raw));
    return finish(b);
}

template <> std::optional<DecodedTx> decode(PayloadView payload) {
    Payload aligned;
    const auto* w = verified_root<fb::DecodedTx>(payload, aligned);
    if (w == nullptr) return std::nullopt;
    const auto type = enum_up_to(w->type(), TxType::set_code);
    if (!type) return std::nullopt;
    return DecodedTx{.chain_id = ChainId{w->chain_id()},
                     .source_id = get(w->source_id()),
                     .hash = get(w->hash()),
                     .sender = get(w->sender()),
                     .first_seen_unix_ms = UnixMs{w->first_seen_unix_ms()},
                     .first_seen_mono_ns = MonoNs{w->first_seen_mono_ns()},
                     .backfilled = w->backfilled(),
                     .type = *type,
                     .nonce = w->nonce(),
                     .to = get_optional(w->to()),
                     .value = get(w->value()),
                     .gas_limit = Gas{w->gas_limit()},
                     .max_fee_per_gas = get(w->max_fee_per_gas()),
                     .max_priority_fee_per_gas = get(w->max_priority_fee_per_gas()),
                     .max_fee_per_blob_gas = get_optional(w->max_fee_per_blob_gas()),
                     .blob_count = w->blob_count(),
                     .calldata = get(w->calldata()),
                     .raw = get(w->raw())};
}

// ------------------------------------------------------------------------------- chain

Payload encode(const Head& m) {
    auto& b = fresh_builder();
    std::vector<fbs::Offset<fb::BlockTx>> txs;
    txs.reserve(m.transactions.size());
    for (const auto& tx : m.transactions) {
        std::vector<fb::AuthorityUse> uses;
        for (const auto& use : tx.authorities) uses.emplace_back(put(use.address), use.nonce);
        const auto authorities = uses.empty() ? 0 : b.CreateVectorOfStructs(uses);
        const auto hash = put(tx.hash);
        const auto sender = put(tx.sender);
        txs.push_back(fb::CreateBlockTx(b, &hash, &sender, tx.nonce, authorities));
    }
    const auto transactions = b.CreateVector(txs);
    const auto hash = put(m.hash);
    const auto parent = put(m.parent_hash);
    const auto base_fee = put(m.base_fee);
    b.Finish(fb::CreateHead(b, m.chain_id.value, m.number.value, &hash, &parent, m.timestamp_s,
                            &base_fee, m.gas_used.value, m.gas_limit.value, m.first, m.catch_up,
                            transactions));
    return finish(b);
}

template <> std::optional<Head> decode(PayloadView payload) {
    Payload aligned;
    const auto* w = verified_root<fb::Head>(payload, aligned);
    if (w == nullptr) return std::nullopt;
    Head m{.chain_id = ChainId{w->chain_id()},
           .number = BlockNumber{w->number()},
           .hash = get(w->hash()),
           .parent_hash = get(w->parent_hash()),
           .timestamp_s = w->timestamp_s(),
           .base_fee = get(w->base_fee()),
           .gas_used = Gas{w->gas_used()},
           .gas_limit = Gas{w->gas_limit()},
           .first = w->first(),
           .catch_up = w->catch_up(),
           .transactions = {}};
    if (w->transactions() != nullptr) {
        m.transactions.reserve(w->transactions()->size());
        for (const auto* tx : *w->transactions()) {
            BlockTx out{.hash = get(tx->hash()),
                        .sender = get(tx->sender()),
                        .nonce = tx->nonce(),
                        .authorities = {}};
            if (tx->authorities() != nullptr) {
                if (!aligned_structs(*tx->authorities())) return std::nullopt;
                for (const auto* use : *tx->authorities())
                    out.authorities.push_back({get(&use->address()), use->nonce()});
            }
            m.transactions.push_back(std::move(out));
        }
    }
    return m;
}

Payload encode(const Reorg& m) {
    auto& b = fresh_builder();
    std::vector<fb::Hash> blocks;
    for (const auto& hash : m.reverted_blocks) blocks.push_back(put(hash));
    const auto reverted = b.CreateVectorOfStructs(blocks);
    const auto ancestor = put(m.ancestor_hash);
    b.Finish(fb::CreateReorg(b, m.chain_id.value, m.ancestor_number.value, &ancestor, m.depth,
                             reverted));
    return finish(b);
}

template <> std::optional<Reorg> decode(PayloadView payload) {
    Payload aligned;
    const auto* w = verified_root<fb::Reorg>(payload, aligned);
    if (w == nullptr) return std::nullopt;
    Reorg m{.chain_id = ChainId{w->chain_id()},
            .ancestor_number = BlockNumber{w->ancestor_number()},
            .ancestor_hash = get(w->ancestor_hash()),
            .depth = w->depth(),
            .reverted_blocks = {}};
    if (w->reverted_blocks() != nullptr)
        for (const auto* hash : *w->reverted_blocks()) m.reverted_blocks.push_back(get(hash));
    return m;
}

Payload encode(const EndpointStatus& m) {
    auto& b = fresh_builder();
    const auto key = b.CreateString(m.chain_key);
    const auto source = b.CreateString(m.source_id);
    const auto ws = b.CreateString(m.ws_url);
    const auto http = b.CreateString(m.http_url);
    const auto error = b.CreateString(m.last_error);
    b.Finish(fb::CreateEndpointStatus(
        b, key, m.chain_id.value, source, static_cast<std::uint8_t>(m.state), m.endpoint_index,
        m.endpoint_count, ws, http, m.last_pending_unix_ms.value, m.updated_unix_ms.value, error,
        m.rotation_count, m.disconnect_count, m.clock_skew_ms, m.blind_ms_total));
    return finish(b);
}

template <> std::optional<EndpointStatus> decode(PayloadView payload) {
    Payload aligned;
    const auto* w = verified_root<fb::EndpointStatus>(payload, aligned);
    if (w == nullptr) return std::nullopt;
    const auto state = enum_up_to(w->state(), EndpointState::disconnected);
    if (!state) return std::nullopt;
    return EndpointStatus{.chain_key = get(w->chain_key()),
                          .chain_id = ChainId{w->chain_id()},
                          .source_id = get(w->source_id()),
                          .state = *state,
                          .endpoint_index = w->endpoint_index(),
                          .endpoint_count = w->endpoint_count(),
                          .ws_url = get(w->ws_url()),
                          .http_url = get(w->http_url()),
                          .last_pending_unix_ms = UnixMs{w->last_pending_unix_ms()},
                          .updated_unix_ms = UnixMs{w->updated_unix_ms()},
                          .last_error = get(w->last_error()),
                          .rotation_count = w->rotation_count(),
                          .disconnect_count = w->disconnect_count(),
                          .clock_skew_ms = w->clock_skew_ms(),
                          .blind_ms_total = w->blind_ms_total()};
}

Payload encode(const AccountNonce& m) {
    auto& b = fresh_builder();
    const auto address = put(m.address);
    b.Finish(fb::CreateAccountNonce(b, m.chain_id.value, &address, m.nonce, m.at_block.value));
    return finish(b);
}

template <> std::optional<AccountNonce> decode(PayloadView payload) {
    Payload aligned;
    const auto* w = verified_root<fb::AccountNonce>(payload, aligned);
    if (w == nullptr) return std::nullopt;
    return AccountNonce{.chain_id = ChainId{w->chain_id()},
                        .address = get(w->address()),
                        .nonce = w->nonce(),
                        .at_block = BlockNumber{w->at_block()}};
}

Payload encode(const TxPresence& m) {
    auto& b = fresh_builder();
    const auto hash = put(m.hash);
    const auto block = put(m.block_hash);
    b.Finish(fb::CreateTxPresence(b, m.chain_id.value, &hash, static_cast<std::uint8_t>(m.presence),
                                  m.block_number.value, &block));
    return finish(b);
}

template <> std::optional<TxPresence> decode(PayloadView payload) {
    Payload aligned;
    const auto* w = verified_root<fb::TxPresence>(payload, aligned);
    if (w == nullptr) return std::nullopt;
    const auto presence = enum_up_to(w->presence(), Presence::mined);
    if (!presence) return std::nullopt;
    return TxPresence{.chain_id = ChainId{w->chain_id()},
                      .hash = get(w->hash()),
                      .presence = *presence,
                      .block_number = BlockNumber{w->block_number()},
                      .block_hash = get(w->block_hash())};
}

// ------------------------------------------------------------------------------- query

Payload encode(const ChainQuery& m) {
    auto& b = fresh_builder();
    std::vector<fb::Address> addresses;
    for (const auto& address : m.addresses) addresses.push_back(put(address));
    std::vector<fb::Hash> hashes;
    for (const auto& hash : m.hashes) hashes.push_back(put(hash));
    const auto address_vector = b.CreateVectorOfStructs(addresses);
    const auto hash_vector = b.CreateVectorOfStructs(hashes);
    b.Finish(fb::CreateChainQuery(b, m.chain_id.value, static_cast<std::uint8_t>(m.kind),
                                  address_vector, hash_vector));
    return finish(b);
}

template <> std::optional<ChainQuery> decode(PayloadView payload) {
    Payload aligned;
    const auto* w = verified_root<fb::ChainQuery>(payload, aligned);
    if (w == nullptr) return std::nullopt;
    const auto kind = enum_up_to(w->kind(), QueryKind::tx_presence, 1);
    if (!kind) return std::nullopt;
    ChainQuery m{.chain_id = ChainId{w->chain_id()}, .kind = *kind, .addresses = {}, .hashes = {}};
    if (w->addresses() != nullptr)
        for (const auto* address : *w->addresses()) m.addresses.push_back(get(address));
    if (w->hashes() != nullptr)
        for (const auto* hash : *w->hashes()) m.hashes.push_back(get(hash));
    return m;
}

Payload encode(const BodyRefused& m) {
    auto& b = fresh_builder();
    const auto source = b.CreateString(m.source_id);
    const auto hash = put(m.hash);
    b.Finish(fb::CreateBodyRefused(b, m.chain_id.value, &hash, source,
                                   static_cast<std::uint8_t>(m.reason)));
    return finish(b);
}

template <> std::optional<BodyRefused> decode(PayloadView payload) {
    Payload aligned;
    const auto* w = verified_root<fb::BodyRefused>(payload, aligned);
    if (w == nullptr) return std::nullopt;
    const auto reason = enum_up_to(w->reason(), eth::DecodeError::sender_mismatch);
    if (!reason) return std::nullopt;
    return BodyRefused{.chain_id = ChainId{w->chain_id()},
                       .hash = get(w->hash()),
                       .source_id = get(w->source_id()),
                       .reason = *reason};
}

// ------------------------------------------------------------------------------- verdict

Payload encode(const Verdict& m) {
    auto& b = fresh_builder();
    const auto reason = b.CreateString(m.reason);
    const auto hash = put(m.hash);
    const OptionalStruct<fb::Hash> by(m.by);
    b.Finish(fb::CreateVerdict(b, m.chain_id.value, &hash, m.replaced, reason, by.pointer()));
    return finish(b);
}

template <> std::optional<Verdict> decode(PayloadView payload) {
    Payload aligned;
    const auto* w = verified_root<fb::Verdict>(payload, aligned);
    if (w == nullptr) return std::nullopt;
    return Verdict{.chain_id = ChainId{w->chain_id()},
                   .hash = get(w->hash()),
                   .replaced = w->replaced(),
                   .reason = get(w->reason()),
                   .by = get_optional(w->by())};
}

// ------------------------------------------------------------------------------- feature

namespace detail {

fbs::Offset<fb::Action> build_action(fbs::FlatBufferBuilder& b, const Action& m) {
    std::vector<fbs::Offset<fb::ActionField>> fields;
    for (const auto& field : m.fields) {
        const auto name = b.CreateString(field.name);
        const auto values = b.CreateVectorOfStrings(field.values);
        fields.push_back(fb::CreateActionField(b, name, static_cast<std::uint8_t>(field.kind),
                                               field.is_list, values));
    }
    const auto type = b.CreateString(m.type);
    return fb::CreateAction(b, type, b.CreateVector(fields));
}

// An invalid action is left out: it could not be rendered as valid JSON.
void read_actions(const fbs::Vector<fbs::Offset<fb::Action>>& from, std::vector<Action>& into) {
    for (const auto* w : from) {
        Action action{.type = w->type()->str(), .fields = {}};
        for (const auto* f : *w->fields()) {
            const auto kind = enum_up_to(f->kind(), ActionField::Kind::boolean);
            ActionField field{.name = f->name()->str(),
                              .kind = kind.value_or(ActionField::Kind::text),
                              .is_list = f->is_list(),
                              .values = {}};
            for (const auto* value : *f->values()) field.values.push_back(value->str());
            action.fields.push_back(std::move(field));
        }
        if (into.size() < kMaxActions && is_sound(action)) into.push_back(std::move(action));
    }
}

fbs::Offset<fb::Feature> build_feature(fbs::FlatBufferBuilder& b, const Feature& m) {
    const auto protocol = b.CreateString(m.protocol);
    const auto category = b.CreateString(m.category);
    const auto version = b.CreateString(m.engine_version);
    const auto reasons = b.CreateVectorOfStrings(m.reasons);
    std::vector<fbs::Offset<fb::Action>> all;
    for (const auto& action : m.actions) all.push_back(build_action(b, action));
    const auto actions = b.CreateVector(all);
    const auto hash = put(m.hash);
    const OptionalStruct<fb::Selector> selector(m.method_selector);
    return fb::CreateFeature(b, &hash, m.chain_id.value, protocol, category, m.mev_score,
                             m.urgency_score, selector.pointer(), version, reasons, actions);
}

Feature read_feature(const fb::Feature& w) {
    Feature m{.hash = get(w.hash()),
              .chain_id = ChainId{w.chain_id()},
              .protocol = get(w.protocol()),
              .category = get(w.category()),
              .mev_score = w.mev_score(),
              .urgency_score = w.urgency_score(),
              .method_selector = get_optional(w.method_selector()),
              .engine_version = get(w.engine_version()),
              .reasons = {},
              .actions = {}};
    if (w.reasons() != nullptr)
        for (const auto* reason : *w.reasons()) m.reasons.push_back(reason->str());
    if (w.actions() != nullptr) read_actions(*w.actions(), m.actions);
    return m;
}

} // namespace detail

Payload encode(const Feature& m) {
    auto& b = fresh_builder();
    b.Finish(build_feature(b, m));
    return finish(b);
}

template <> std::optional<Feature> decode(PayloadView payload) {
    Payload aligned;
    const auto* w = verified_root<fb::Feature>(payload, aligned);
    return w != nullptr ? std::optional(read_feature(*w)) : std::nullopt;
}

} // namespace viz::bus
