#include "bus/event_json.hpp"

#include "bus/json_members.hpp"

namespace viz::bus {

namespace {

// Length of the UTF-8 sequence at the start of `text`, 0 when it is not valid (RFC 3629).
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
    // Overlong forms, surrogates, code points above U+10FFFF.
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
        // Transaction types 0 and 1 have a gas price, later types a fee cap and a tip.
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
        if (e.profit) of_profit(*e.profit);
    }
    void of_profit(const SimProfit& p) const {
        m.add("base_token", p.base_token);
        m.add_signed_wei("profit", p.profit);
        m.add_signed_wei("gross_wei", p.gross);
        m.add_wei("pool_fees_wei", p.pool_fees);
        m.add_wei("gas_cost_wei", p.gas);
        m.add_wei("bribe_wei", p.bribe);
        m.add_signed_wei("net_wei", p.net);
        m.add("own_gas", p.own_gas);
        m.add("plainly_profitable", p.plain);
        m.add_signed_wei("net_base_fee_up_wei", p.net_base_fee_up);
        m.add_signed_wei("net_other_coinbase_wei", p.net_other_coinbase);
        m.add_signed_wei("net_competing_swap_wei", p.net_competing_swap);
    }
    void operator()(const CandidateQueued& e) const {
        m.add("candidate_id", e.candidate_id);
        m.add("strategy", e.strategy);
        of_block(e.block_number, e.block_hash);
        m.add_signed_wei("expected_net_wei", e.expected_net);
    }
    void operator()(const OppDetected& e) const {
        m.add("candidate_id", e.candidate_id);
        m.add("strategy", e.strategy);
        m.add("strategy_version", e.strategy_version);
        m.add("scorer_version", e.scorer_version);
        m.add("feature_engine_version", e.feature_engine_version);
        m.add("score", e.score);
        m.add("protocol", e.protocol);
        m.add("category", e.category);
        m.add("reasons", e.reasons);
        m.add("member_tx_hashes", e.member_hashes);
        m.add("base_token", e.base_token);
        m.add_wei("capital", e.capital);
        m.add_wei("expected_profit", e.expected);
        m.add_signed_wei("expected_net_wei", e.expected_net);
        of_block(e.block_number, e.block_hash);
        m.add("detected_unix_ms", e.detected_unix_ms);
    }
    void operator()(const AssemblyDecisionApplied& e) const {
        m.add("candidate_id", e.candidate_id);
        m.add("sim_id", e.sim_id);
        m.add("decision", e.decision);
        m.add("reason", e.reason);
        m.add("target_block", e.target_block);
        m.add("position", e.position);
        m.add_signed_wei("net_wei", e.net);
        m.add("gas_used", e.gas_used);
        m.add("in_favour_of", e.in_favour_of);
    }
    void operator()(const BundleSubmitted& e) const {
        m.add("bundle_id", e.bundle_id);
        m.add("candidate_ids", e.candidate_ids);
        m.add("tx_hashes", e.tx_hashes);
        m.add("reverting_tx_hashes", e.reverting_hashes);
        m.add("dropping_tx_hashes", e.dropping_hashes);
        m.add("replacement_uuid", e.replacement_uuid);
        m.add("refund_percent", e.refund_percent);
        m.add("refund_recipient", e.refund_recipient);
        m.add("target_block", e.target_block);
        m.add("max_block", e.max_block);
        m.add("relay_url", e.relay_url);
        m.add("method", e.method);
        m.add("accepted", e.accepted);
        m.add("final_state", e.final_state);
        m.add_with("attempts", [&](std::string& out) { append_json(out, e.attempts); });
        m.add("started_unix_ms", e.started_unix_ms);
        m.add("finished_unix_ms", e.finished_unix_ms);
    }
    void operator()(const OppOutcome& e) const {
        m.add("candidate_id", e.candidate_id);
        m.add("outcome", e.outcome);
        m.add("reason", e.reason);
        m.add("by", e.by);
        m.add("slot_address", e.slot ? std::optional(e.slot->address) : std::nullopt);
        m.add("slot_key", e.slot ? std::optional(Hash{eth::to_be(e.slot->key)}) : std::nullopt);
        m.add_wei("coinbase_payment_wei", e.coinbase_payment);
        of_block(e.block_number, e.block_hash);
    }
    void operator()(const SimParity& e) const {
        m.add("result", e.result);
        m.add("differs", e.differs);
        of_block(e.block_number, e.block_hash);
    }
    void operator()(const Exposure& e) const {
        m.add("pool", e.pool);
        m.add("token_out", e.token_out);
        m.add_wei("amount_out", e.amount_out);
        m.add_wei("least_out", e.least_out);
        m.add("token_in", e.token_in);
        m.add_wei("amount_in", e.amount_in);
        m.add_wei("most_in", e.most_in);
        m.add("pays_more", e.pays_more);
        m.add_wei("loss", e.loss);
        m.add_wei("protecting_out", e.protecting_out);
        m.add_wei("protecting_in", e.protecting_in);
        m.add_signed_wei("attacker_net_wei", e.attacker_net);
        m.add("candidate_id", e.candidate_id);
        of_block(e.block_number, e.block_hash);
    }
    void operator()(const SimCase& e) const {
        m.add("sim_id", e.sim_id);
        m.add("candidate_id", e.candidate_id);
        m.add("body_bytes", e.body.size());
    }
    // Only the number is known, neither hash nor chain.
    void operator()(const Damaged& e) const { m.add("reason", e.reason); }
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

void append_json(std::string& out, const std::vector<RelayAttempt>& attempts) {
    out += '[';
    for (std::size_t i = 0; i < attempts.size(); ++i) {
        if (i != 0) out += ',';
        Members one(out);
        one.add("attempt", attempts[i].attempt);
        one.add("endpoint", attempts[i].endpoint);
        one.add("http_status", attempts[i].http_status);
        one.add("error", attempts[i].error);
        one.add("latency_ms", attempts[i].latency_ms);
        one.add("backoff_ms", attempts[i].backoff_ms);
        one.end();
    }
    out += ']';
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
    std::visit(
        [&](const auto& e) {
            if constexpr (!std::is_same_v<std::decay_t<decltype(e)>, Damaged>) {
                data.add("hash", e.hash);
                data.add("chain_id", event.chain_id);
            }
        },
        event.data);
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
