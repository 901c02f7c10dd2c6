#include "bus/any_message.hpp"

#include <algorithm>

#include "bus/json_members.hpp"

namespace viz::bus {

namespace {

using detail::Members;

template <class T>
bool decode_if(const TopicParts& topic, PayloadView payload, std::optional<AnyMessage>& out) {
    if (topic.stream != to_string(MessageTraits<T>::stream) || topic.kind != MessageTraits<T>::kind)
        return false;
    if (auto value = decode<T>(payload)) out = std::move(*value);
    return true;
}

template <class T> void decode_as(PayloadView payload, std::optional<AnyMessage>& out) {
    if (auto value = decode<T>(payload)) out = std::move(*value);
}

struct HashMatch {
    const Hash& hash;

    bool operator()(const PendingTx& m) const { return m.announced_hash == hash; }
    bool operator()(const Head& m) const {
        return m.hash == hash || std::ranges::any_of(m.transactions, [&](const BlockTx& tx) {
                   return tx.hash == hash;
               });
    }
    bool operator()(const Reorg& m) const {
        return m.ancestor_hash == hash ||
               std::ranges::find(m.reverted_blocks, hash) != m.reverted_blocks.end();
    }
    bool operator()(const ChainQuery& m) const {
        return std::ranges::find(m.hashes, hash) != m.hashes.end();
    }
    bool operator()(const Envelope& m) const {
        const auto* replaced = std::get_if<TxReplaced>(&m.data);
        const auto* dropped = std::get_if<TxDropped>(&m.data);
        const auto about = [&](const auto& event) {
            if constexpr (requires { event.hash == hash; }) return event.hash == hash;
            return false;
        };
        return std::visit(about, m.data) ||
               (replaced != nullptr && replaced->replaced_by == hash) ||
               (dropped != nullptr && dropped->by == hash);
    }
    bool operator()(const Candidate& m) const {
        return m.candidate_id == hash ||
               std::ranges::any_of(m.members, [&](const auto& tx) { return tx.hash == hash; });
    }
    bool operator()(const Simulated& m) const {
        return m.completed.sim_id == hash || (*this)(m.candidate);
    }
    bool operator()(const Verdict& m) const { return m.hash == hash || m.by == hash; }
    template <class T> bool operator()(const T& m) const {
        if constexpr (requires { m.hash == hash; }) return m.hash == hash;
        return false;
    }
};

struct AccountMatch {
    const Address& account;

    bool operator()(const Head& m) const {
        return std::ranges::any_of(m.transactions,
                                   [&](const BlockTx& tx) { return tx.sender == account; });
    }
    bool operator()(const AccountNonce& m) const { return m.address == account; }
    bool operator()(const ChainQuery& m) const {
        return std::ranges::find(m.addresses, account) != m.addresses.end();
    }
    bool operator()(const Candidate& m) const {
        return std::ranges::any_of(m.members, [&](const auto& tx) { return tx.sender == account; });
    }
    bool operator()(const Simulated& m) const { return (*this)(m.candidate); }
    bool operator()(const Envelope& m) const {
        return std::visit([&](const auto& event) { return (*this)(event); }, m.data);
    }
    template <class T> bool operator()(const T& m) const {
        if constexpr (requires { m.sender == account; }) return m.sender == account;
        return false;
    }
};

std::string hex(const Bytes& bytes) {
    std::string out;
    eth::append_hex(out, {bytes.data(), bytes.size()});
    return out;
}

struct MessageWriter {
    Members& m;

    void first_seen(const auto& tx) const {
        m.add("first_seen_unix_ms", tx.first_seen_unix_ms);
        m.add("first_seen_mono_ns", tx.first_seen_mono_ns);
        m.add("backfilled", tx.backfilled);
    }
    void operator()(const PendingTx& p) const {
        m.add("source_id", p.source_id);
        m.add("hash", p.announced_hash);
        first_seen(p);
        const bool raw = p.format == BodyFormat::raw_rlp;
        m.add("format", std::string_view(raw ? "raw_rlp" : "node_json"));
        m.add("body", raw ? hex(p.body) : std::string(p.body.begin(), p.body.end()));
    }
    void operator()(const DecodedTx& t) const {
        m.add("source_id", t.source_id);
        m.add("hash", t.hash);
        m.add("sender", t.sender);
        m.add("nonce", t.nonce);
        m.add("tx_type", t.type);
        m.add("to", t.to);
        m.add_wei("value_wei", t.value);
        m.add("gas_limit", t.gas_limit);
        m.add_wei("max_fee_per_gas_wei", t.max_fee_per_gas);
        m.add_wei("max_priority_fee_per_gas_wei", t.max_priority_fee_per_gas);
        m.add_wei("max_fee_per_blob_gas_wei", t.max_fee_per_blob_gas);
        m.add("blob_count", t.blob_count);
        first_seen(t);
        m.add("calldata", hex(t.calldata));
        m.add("raw", hex(t.raw));
    }
    void operator()(const Head& h) const {
        m.add("number", h.number);
        m.add("hash", h.hash);
        m.add("parent_hash", h.parent_hash);
        m.add("timestamp_s", h.timestamp_s);
        m.add_wei("base_fee_wei", h.base_fee);
        m.add("gas_used", h.gas_used);
        m.add("gas_limit", h.gas_limit);
        m.add("first", h.first);
        m.add("catch_up", h.catch_up);
        m.add_with("transactions", [&](std::string& out) {
            out += '[';
            for (const auto& tx : h.transactions) {
                if (out.back() != '[') out += ',';
                Members one(out);
                one.add("hash", tx.hash);
                one.add("sender", tx.sender);
                one.add("nonce", tx.nonce);
                one.end();
            }
            out += ']';
        });
    }
    void operator()(const Reorg& r) const {
        m.add("ancestor_number", r.ancestor_number);
        m.add("ancestor_hash", r.ancestor_hash);
        m.add("depth", r.depth);
        m.add("reverted_blocks", r.reverted_blocks);
    }
    void operator()(const EndpointStatus& s) const {
        m.add("chain_key", s.chain_key);
        m.add("source_id", s.source_id);
        m.add("state", to_string(s.state));
        m.add("endpoint_index", s.endpoint_index);
        m.add("endpoint_count", s.endpoint_count);
        m.add("ws_url", s.ws_url);
        m.add("http_url", s.http_url);
        m.add("last_pending_unix_ms", s.last_pending_unix_ms);
        m.add("updated_unix_ms", s.updated_unix_ms);
        m.add("last_error", s.last_error);
        m.add("rotation_count", s.rotation_count);
        m.add("disconnect_count", s.disconnect_count);
        m.add("clock_skew_ms", s.clock_skew_ms);
        m.add("blind_ms_total", s.blind_ms_total);
    }
    void operator()(const AccountNonce& a) const {
        m.add("address", a.address);
        m.add("nonce", a.nonce);
        m.add("at_block", a.at_block);
    }
    void operator()(const TxPresence& p) const {
        const auto name = p.presence == Presence::absent    ? "absent"
                          : p.presence == Presence::pending ? "pending"
                                                            : "mined";
        m.add("hash", p.hash);
        m.add("presence", std::string_view(name));
        m.add("block_number", p.block_number);
        m.add("block_hash", p.block_hash);
    }
    void operator()(const ChainQuery& q) const {
        const bool nonces = q.kind == QueryKind::account_nonce;
        m.add("ask", std::string_view(nonces ? "account_nonce" : "tx_presence"));
        m.add("addresses", q.addresses);
        m.add("hashes", q.hashes);
    }
    void operator()(const BodyRefused& b) const {
        m.add("hash", b.hash);
        m.add("source_id", b.source_id);
        m.add("reason", to_string(b.reason));
    }
    void operator()(const Feature& f) const {
        m.add("hash", f.hash);
        m.add("protocol", f.protocol);
        m.add("category", f.category);
        m.add("mev_score", f.mev_score);
        m.add("urgency_score", f.urgency_score);
        m.add("method_selector", f.method_selector);
        m.add("engine_version", f.engine_version);
        m.add("reasons", f.reasons);
        m.add_with("actions", [&](std::string& out) { append_json(out, f.actions); });
    }
    void operator()(const Candidate& c) const {
        m.add("candidate_id", c.candidate_id);
        m.add("block_number", c.block_number);
        m.add("block_hash", c.block_hash);
        m.add("strategy", c.strategy);
        m.add("strategy_version", c.strategy_version);
        m.add_with("member_tx_hashes", [&](std::string& out) {
            out += '[';
            for (const auto& member : c.members) {
                if (out.back() != '[') out += ',';
                out += '"' + eth::to_hex(member.hash.view()) + '"';
            }
            out += ']';
        });
        m.add("steps", c.steps.size());
        m.add("base_token", c.base_token);
        m.add_wei("capital", c.capital);
        m.add_wei("expected_profit", c.expected);
        m.add_signed_wei("expected_net_wei", c.expected_net);
        m.add("score", c.score);
        m.add("partial_ticks", c.partial_ticks);
        m.add("slots_read", c.reads.size());
        m.add("slots_written", c.writes.size());
    }
    void operator()(const Simulated& s) const {
        (*this)(s.candidate);
        const auto& done = s.completed;
        m.add("sim_id", done.sim_id);
        m.add("success", done.success);
        m.add("fail_category", done.fail_category);
        m.add_signed_wei("net_wei", done.profit ? std::optional(done.profit->net) : std::nullopt);
        m.add("flags", done.flags);
    }
    void operator()(const Verdict& v) const {
        m.add("hash", v.hash);
        m.add("replaced", v.replaced);
        m.add("reason", v.reason);
        m.add("by", v.by);
    }
    void operator()(const TapReport& r) const {
        m.add("tap_lost", r.tap_lost);
        m.add("tap_lagged", r.tap_lagged);
        m.add_with("streams", [&](std::string& out) {
            out += '[';
            for (const auto& s : r.streams) {
                if (out.back() != '[') out += ',';
                Members one(out);
                one.add("name", s.name);
                one.add("sent", s.sent);
                one.add("dropped", s.dropped);
                one.add("refused", s.refused);
                one.add("depth", s.depth);
                one.add("capacity", s.capacity);
                one.end();
            }
            out += ']';
        });
    }
    void operator()(const Envelope&) const {}
};

} // namespace

std::optional<AnyMessage> decode_any(std::string_view topic, PayloadView payload) {
    std::optional<AnyMessage> out;
    const auto parts = split_topic(topic);
    if (!parts) return out;
    const auto is_stream = [&](Stream stream) { return parts->stream == to_string(stream); };
    if (is_stream(Stream::journal) || is_stream(Stream::events))
        decode_as<Envelope>(payload, out);
    else if (topic == kTapReportTopic)
        decode_as<TapReport>(payload, out);
    else
        (void)(decode_if<PendingTx>(*parts, payload, out) ||
               decode_if<DecodedTx>(*parts, payload, out) ||
               decode_if<Head>(*parts, payload, out) || decode_if<Reorg>(*parts, payload, out) ||
               decode_if<EndpointStatus>(*parts, payload, out) ||
               decode_if<AccountNonce>(*parts, payload, out) ||
               decode_if<TxPresence>(*parts, payload, out) ||
               decode_if<ChainQuery>(*parts, payload, out) ||
               decode_if<BodyRefused>(*parts, payload, out) ||
               decode_if<Feature>(*parts, payload, out) ||
               decode_if<Candidate>(*parts, payload, out) ||
               decode_if<Simulated>(*parts, payload, out) ||
               decode_if<Verdict>(*parts, payload, out));
    return out;
}

bool concerns(const AnyMessage& message, const Hash& hash) {
    return std::visit(HashMatch{hash}, message);
}
bool concerns(const AnyMessage& message, const Address& account) {
    return std::visit(AccountMatch{account}, message);
}

std::string to_json(std::string_view topic, const Header& header, const AnyMessage& message) {
    std::string out;
    const auto parts = split_topic(topic).value_or(TopicParts{topic, "", "0"});
    Members line(out);
    line.add("stream", parts.stream);
    line.add("kind", parts.kind);
    line.add_with("chain_id", [&](std::string& o) { o += parts.chain_id; });
    line.add("producer", header.producer_name());
    line.add("sequence", header.sequence);
    line.add("wall_unix_ns", header.wall_unix_ns);
    line.add("mono_ns", header.mono_ns);
    line.add_with("message", [&](std::string& o) {
        if (const auto* envelope = std::get_if<Envelope>(&message))
            return append_json(o, *envelope);
        Members members(o);
        std::visit(MessageWriter{members}, message);
        members.end();
    });
    line.end();
    return out;
}

} // namespace viz::bus
