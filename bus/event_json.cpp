#include "bus/event_json.hpp"

#include "bus/json_members.hpp"

namespace viz::bus {

namespace {

// Length of the UTF-8 sequence at the start of `text`, 0 when it is not one (RFC 3629).
std::size_t utf8_length(std::string_view text) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto lead = at(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xc2 && lead <= 0xdf   ? 2
                               : lead >= 0xe0 && lead <= 0xef ? 3
                               : lead >= 0xf0 && lead <= 0xf4 ? 4
                                                              : 0;
    if (length == 0 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((at(i) & 0xc0) != 0x80) return 0;
    // Overlong forms, surrogates, beyond U+10FFFF.
    if ((lead == 0xe0 && at(1) < 0xa0) || (lead == 0xed && at(1) > 0x9f)) return 0;
    if ((lead == 0xf0 && at(1) < 0x90) || (lead == 0xf4 && at(1) > 0x8f)) return 0;
    return length;
}

void append_escaped(std::string& out, char c) {
    constexpr std::string_view kHex = "0123456789abcdef";
    switch (c) {
    case '"':
        out += "\\\"";
        return;
    case '\\':
        out += "\\\\";
        return;
    case '\n':
        out += "\\n";
        return;
    case '\t':
        out += "\\t";
        return;
    case '\r':
        out += "\\r";
        return;
    default:
        break;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += "\\u00";
    out += kHex[byte >> 4];
    out += kHex[byte & 0xf];
}

using detail::Members;

struct DataWriter {
    Members& m;

    void of_sender(const Address& sender, Nonce nonce) const {
        m.add("sender", sender);
        m.add("nonce", nonce);
    }
    void of_block(BlockNumber number, const Hash& hash) const {
        m.add("block_number", number);
        m.add("block_hash", hash);
    }

    void operator()(const TxSeen& e) const { m.add("backfilled", e.backfilled); }
    void operator()(const TxFetched& e) const { m.add("body_bytes", e.body_bytes); }
    void operator()(const TxDecoded& e) const {
        // Types 0 and 1 have a price, later ones a cap and a tip.
        const bool priced = e.tx_type == TxType::legacy || e.tx_type == TxType::access_list;
        using MaybeWei = std::optional<Wei>;
        of_sender(e.sender, e.nonce);
        m.add("tx_type", e.tx_type);
        m.add("to", e.to);
        m.add_wei("value_wei", e.value);
        m.add("gas_limit", e.gas_limit);
        m.add_wei("gas_price_wei", priced ? MaybeWei(e.max_fee_per_gas) : MaybeWei());
        m.add_wei("max_fee_per_gas_wei", priced ? MaybeWei() : MaybeWei(e.max_fee_per_gas));
        m.add_wei("max_priority_fee_per_gas_wei",
                  priced ? MaybeWei() : MaybeWei(e.max_priority_fee_per_gas));
        m.add_wei("max_fee_per_blob_gas_wei", e.max_fee_per_blob_gas);
        m.add("blob_count", e.blob_count);
        m.add("calldata_len", e.calldata_len);
        m.add("raw_tx_len", e.raw_tx_len);
        m.add("method_selector", e.selector);
        m.add("first_seen_unix_ms", e.first_seen_unix_ms);
    }
    void operator()(const TxReady& e) const {
        of_sender(e.sender, e.nonce);
        m.add("reason", e.reason);
    }
    void operator()(const TxBlocked& e) const {
        of_sender(e.sender, e.nonce);
        m.add("expected_nonce", e.expected_nonce);
        m.add("reason", e.reason);
    }
    void operator()(const TxReplaced& e) const {
        of_sender(e.sender, e.nonce);
        m.add("replaced_by", e.replaced_by);
        m.add("bump_bps", e.bump_bps);
        m.add("reason", e.reason);
    }
    void operator()(const TxDropped& e) const {
        of_sender(e.sender, e.nonce);
        m.add("reason", e.reason);
        m.add("by", e.by);
    }
    void operator()(const TxConfirmedProvisional& e) const {
        of_sender(e.sender, e.nonce);
        of_block(e.block_number, e.block_hash);
        m.add("block_timestamp_s", e.block_timestamp_s);
        m.add("inclusion_delay_ms", e.inclusion_delay_ms);
    }
    void operator()(const TxConfirmedFinal& e) const { of_block(e.block_number, e.block_hash); }
    void operator()(const TxReorged& e) const {
        of_block(e.block_number, e.block_hash);
        m.add("depth", e.depth);
    }
    void operator()(const SimDispatched& e) const {
        m.add("sim_id", e.sim_id);
        m.add("candidate_id", e.candidate_id);
        of_block(e.block_number, e.block_hash);
    }
    void operator()(const SimCompleted& e) const {
        m.add("sim_id", e.sim_id);
        m.add("candidate_id", e.candidate_id);
        m.add("status", std::string_view(e.success ? "succeeded" : "failed"));
        m.add("fail_category", e.fail_category);
        m.add("revert_reason", e.revert_reason);
        m.add("gas_used", e.gas_used);
        m.add_wei("coinbase_payment_wei", e.coinbase_payment);
        m.add("log_count", e.log_count);
        of_block(e.block_number, e.block_hash);
        m.add("state_age_ms", e.state_age_ms);
        m.add("duration_us", e.duration_us);
        m.add("rounds", e.rounds);
        m.add("flags", e.flags);
    }
    void operator()(const Feature& e) const {
        m.add("protocol", e.protocol);
        m.add("category", e.category);
        m.add("mev_score", e.mev_score);
        m.add("urgency_score", e.urgency_score);
        m.add("method_selector", e.method_selector);
        m.add("feature_engine_version", e.engine_version);
        m.add("reasons", e.reasons);
        m.add_with("actions", [&](std::string& out) { append_json(out, e.actions); });
    }
    void operator()(const BlockRecord& e) const {
        m.add("number", e.number);
        m.add("parent_hash", e.parent_hash);
        m.add("timestamp_s", e.timestamp_s);
        m.add_wei("base_fee_wei", e.base_fee);
        m.add("gas_used", e.gas_used);
        m.add("gas_limit", e.gas_limit);
        m.add("tx_count", e.tx_count);
        m.add("canonical", e.canonical);
    }
};

} // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    while (!text.empty()) {
        const auto length = utf8_length(text);
        const auto byte = static_cast<unsigned char>(text[0]);
        if (length == 0)
            out += "\xef\xbf\xbd";
        else if (byte < 0x20 || byte == '"' || byte == '\\')
            append_escaped(out, text[0]);
        else
            out += text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    out += '"';
}

void append_json(std::string& out, const Envelope& event) {
    Members envelope(out);
    envelope.add("seq_id", event.seq_id);
    envelope.add("ingest_ts_unix_ms", event.ingest_ts_unix_ms);
    envelope.add("ingest_ts_mono_ns", event.ingest_ts_mono_ns);
    envelope.add("source_id", event.source_id);
    out += ",\"payload\":";
    Members payload(out);
    payload.add("type", to_string(type_of(event.data)));
    out += ",\"data\":";
    Members data(out);
    std::visit([&](const auto& e) { data.add("hash", e.hash); }, event.data);
    data.add("chain_id", event.chain_id);
    std::visit(DataWriter{data}, event.data);
    data.end();
    payload.end();
    envelope.end();
}

std::string to_json(const Envelope& event) {
    std::string out;
    out.reserve(512);
    append_json(out, event);
    return out;
}

} // namespace viz::bus
