#include "http/render.hpp"

#include <algorithm>

#include "http/render_opportunities.hpp"

namespace viz::http {

namespace {

using Chain = std::optional<bus::ChainId>;

// A time of 0 means "not yet".
void append_time(JsonOut& json, std::string_view name, bus::UnixMs time) {
    if (time.value == 0)
        json.null_field(name);
    else
        json.field(name, time);
}

void append_decoded(JsonOut& json, const TransactionRecord& record) {
    if (!record.decoded) {
        for (const auto* name :
             {"tx_type", "sender", "to", "nonce", "value_wei", "gas_limit", "gas_price_wei",
              "max_fee_per_gas_wei", "max_priority_fee_per_gas_wei", "max_fee_per_blob_gas_wei",
              "calldata_len", "raw_tx_len"})
            json.null_field(name);
        return;
    }
    const auto& tx = *record.decoded;
    // Transaction types 0 and 1 have a gas price, later types a fee cap and a tip.
    const bool priced = tx.tx_type == bus::TxType::legacy || tx.tx_type == bus::TxType::access_list;
    json.field("tx_type", static_cast<unsigned>(tx.tx_type));
    json.field("sender", tx.sender);
    json.field("to", tx.to);
    json.field("nonce", tx.nonce);
    json.field("value_wei", tx.value);
    json.field("gas_limit", tx.gas_limit);
    if (priced) {
        json.field("gas_price_wei", tx.max_fee_per_gas);
        json.null_field("max_fee_per_gas_wei");
        json.null_field("max_priority_fee_per_gas_wei");
    } else {
        json.null_field("gas_price_wei");
        json.field("max_fee_per_gas_wei", tx.max_fee_per_gas);
        json.field("max_priority_fee_per_gas_wei", tx.max_priority_fee_per_gas);
    }
    json.field("max_fee_per_blob_gas_wei", tx.max_fee_per_blob_gas);
    json.field("calldata_len", tx.calldata_len);
    json.field("raw_tx_len", tx.raw_tx_len);
}

void append_actions(JsonOut& json, const bus::Feature& feature) {
    std::string actions;
    bus::append_json(actions, feature.actions);
    json.key("actions");
    json.raw(actions);
}

void append_label(JsonOut& json, const std::optional<bus::Feature>& feature) {
    if (!feature) {
        for (const auto* name : {"protocol", "category", "mev_score", "urgency_score",
                                 "feature_engine_version", "actions"})
            json.null_field(name);
        return;
    }
    json.field("protocol", feature->protocol);
    json.field("category", feature->category);
    json.field("mev_score", feature->mev_score);
    json.field("urgency_score", feature->urgency_score);
    json.field("feature_engine_version", feature->engine_version);
    append_actions(json, *feature);
}

void append_sources(JsonOut& json, const TransactionRecord& record) {
    json.key("sources");
    json.begin_array();
    for (const auto& source : record.sources) {
        json.begin_object();
        json.field("source_id", source.source_id);
        json.field("first_seen_unix_ms", source.first_seen_unix_ms);
        json.field("delay_ms", source.first_seen_unix_ms.value -
                                   record.sources.front().first_seen_unix_ms.value);
        json.field("backfilled", source.backfilled);
        json.end_object();
    }
    json.end_array();
}

template <class Append>
void append_transactions(JsonOut& json, const ReadModel& model, std::size_t limit, Chain chain,
                         Append append) {
    json.begin_array();
    model.transactions(chain).newest_first([&, n = std::size_t{0}](const auto& record) mutable {
        append(json, record);
        return ++n < limit;
    });
    json.end_array();
}

} // namespace

void append_replay_point(JsonOut& json, const ReplayPoint& point) {
    json.begin_object();
    json.field("seq_hi", point.seq_hi);
    json.field("timestamp_unix_ms", point.timestamp);
    json.field("pending_count", point.pending_count);
    json.end_object();
}

void append_edges(JsonOut& json, std::span<const PropagationEdge> edges) {
    json.begin_array();
    for (const auto& edge : edges) {
        json.begin_object();
        json.field("source", edge.source);
        json.field("destination", edge.destination);
        json.field("p50_delay_ms", edge.p50_delay_ms);
        json.field("p99_delay_ms", edge.p99_delay_ms);
        json.field("samples", edge.samples);
        json.end_object();
    }
    json.end_array();
}

void append_feature(JsonOut& json, const bus::Feature& feature, bool with_actions) {
    json.begin_object();
    json.field("hash", feature.hash);
    json.field("protocol", feature.protocol);
    json.field("category", feature.category);
    json.field("chain_id", feature.chain_id);
    json.field("mev_score", feature.mev_score);
    json.field("urgency_score", feature.urgency_score);
    json.field("method_selector", feature.method_selector);
    json.field("feature_engine_version", feature.engine_version);
    if (with_actions) append_actions(json, feature);
    json.end_object();
}

namespace {

void append_outcome(JsonOut& json, const bus::SimCompleted& done) {
    json.field("status", std::string_view(done.success ? "succeeded" : "failed"));
    json.field("fail_category",
               done.success ? std::nullopt : std::optional(std::string_view(done.fail_category)));
    json.field("revert_reason", done.revert_reason.empty()
                                    ? std::nullopt
                                    : std::optional(std::string_view(done.revert_reason)));
    json.field("gas_used", done.gas_used);
    json.field("coinbase_payment_wei", done.coinbase_payment);
    json.field("log_count", done.log_count);
    json.field("state_age_ms", done.state_age_ms);
    json.field("duration_us", done.duration_us);
    json.field("rounds", done.rounds);
    json.key("flags");
    json.begin_array();
    for (const auto& flag : done.flags) json.value(flag);
    json.end_array();
    append_profit(json, done);
}

} // namespace

void append_simulation(JsonOut& json, const SimView& view) {
    const auto& sim = view.dispatched;
    json.begin_object();
    json.field("sim_id", sim.sim_id);
    json.field("candidate_id", sim.candidate_id);
    json.field("tx_hash", sim.hash);
    json.field("chain_id", view.chain_id);
    json.field("block_number", sim.block_number);
    json.field("block_hash", sim.block_hash);
    json.field("dispatched_unix_ms", view.dispatched_unix_ms);
    json.field("completed_unix_ms",
               view.completed ? std::optional(view.completed_unix_ms.value) : std::nullopt);
    if (view.completed)
        append_outcome(json, *view.completed);
    else
        json.field("status", std::string_view("dispatched"));
    json.end_object();
}

void append_feature_counts(JsonOut& json, std::span<const FeatureCount> counts) {
    json.begin_array();
    for (const auto& row : counts) {
        json.begin_object();
        json.field("protocol", row.protocol);
        json.field("category", row.category);
        json.field("count", row.count);
        json.end_object();
    }
    json.end_array();
}

void append_transaction_row(JsonOut& json, const TransactionRecord& record) {
    json.begin_object();
    json.field("hash", record.hash);
    json.field("sender", record.decoded->sender);
    json.field("nonce", record.decoded->nonce);
    json.field("tx_type", static_cast<unsigned>(record.decoded->tx_type));
    json.field("seen_unix_ms", record.first_seen_unix_ms);
    if (record.sources.empty())
        json.null_field("source_id");
    else
        json.field("source_id", record.sources.front().source_id);
    json.end_object();
}

void append_transaction_detail(JsonOut& json, const TransactionRecord& record) {
    json.begin_object();
    json.field("hash", record.hash);
    if (record.sources.empty())
        json.null_field("peer");
    else
        json.field("peer", record.sources.front().source_id);
    append_time(json, "first_seen_unix_ms", record.first_seen_unix_ms);
    json.field("seen_count", record.sources.size());
    json.field("chain_id", record.chain_id);
    append_decoded(json, record);
    json.field("lifecycle_status", bus::to_string(record.lifecycle_status));
    if (record.lifecycle_reason.empty())
        json.null_field("lifecycle_reason");
    else
        json.field("lifecycle_reason", record.lifecycle_reason);
    append_time(json, "lifecycle_updated_unix_ms", record.lifecycle_updated_unix_ms);
    append_label(json, record.feature);
    append_sources(json, record);
    json.field("superseded_by", record.superseded_by);
    json.field("included_block", record.included_block);
    json.field("included_block_hash", record.included_block_hash);
    json.field("inclusion_delay_ms", record.inclusion_delay_ms);
    json.end_object();
}

namespace {

void append_head(JsonOut& json, const std::optional<bus::BlockRecord>& head) {
    if (!head) {
        for (const auto* name : {"head_block", "head_timestamp_s", "head_base_fee_wei"})
            json.null_field(name);
        return;
    }
    json.field("head_block", head->number);
    json.field("head_timestamp_s", head->timestamp_s);
    json.field("head_base_fee_wei", head->base_fee);
}

} // namespace

void append_chain_status(JsonOut& json, const bus::EndpointStatus& status,
                         const std::optional<bus::BlockRecord>& head, bus::UnixMs now) {
    json.begin_object();
    json.field("chain_key", status.chain_key);
    json.field("chain_id", status.chain_id);
    json.field("source_id", status.source_id);
    json.field("state", bus::to_string(status.state));
    json.field("endpoint_index", status.endpoint_index);
    json.field("endpoint_count", status.endpoint_count);
    json.field("ws_url", status.ws_url);
    json.field("http_url", status.http_url);
    append_time(json, "last_pending_unix_ms", status.last_pending_unix_ms);
    if (status.last_pending_unix_ms.value == 0)
        json.null_field("silent_for_ms");
    else
        json.field("silent_for_ms",
                   std::max<std::int64_t>(0, now.value - status.last_pending_unix_ms.value));
    append_time(json, "updated_unix_ms", status.updated_unix_ms);
    if (status.last_error.empty())
        json.null_field("last_error");
    else
        json.field("last_error", status.last_error);
    json.field("rotation_count", status.rotation_count);
    json.field("disconnect_count", status.disconnect_count);
    json.field("clock_skew_ms", status.clock_skew_ms);
    json.field("blind_ms_total", status.blind_ms_total);
    append_head(json, head);
    json.end_object();
}

void append_features(JsonOut& json, const ReadModel& model, std::size_t limit,
                     const FeatureFilter& filter, bool with_actions) {
    json.begin_array();
    model.features().newest_first(filter, [&, n = std::size_t{0}](const auto& feature) mutable {
        append_feature(json, feature, with_actions);
        return ++n < limit;
    });
    json.end_array();
}

void append_transaction_rows(JsonOut& json, const ReadModel& model, std::size_t limit,
                             Chain chain) {
    append_transactions(json, model, limit, chain, append_transaction_row);
}

void append_transaction_details(JsonOut& json, const ReadModel& model, std::size_t limit,
                                Chain chain) {
    append_transactions(json, model, limit, chain, append_transaction_detail);
}

void append_chain_statuses(JsonOut& json, const ReadModel& model, bus::UnixMs now) {
    json.begin_array();
    const auto chains = model.chains();
    for (const auto& status : chains->all())
        append_chain_status(json, status, chains->head(status.chain_id), now);
    json.end_array();
}

void append_market_stats(JsonOut& json, const ReadModel& model, Chain chain) {
    const auto risks = model.features().risks(chain);
    const auto totals = model.pending(chain).totals;
    const auto settled = totals.confirmed + totals.replaced + totals.dropped;
    json.begin_object();
    json.field("total_signal_volume", risks.low + risks.medium + risks.high);
    json.field("total_tx_count", totals.decoded);
    json.field("low_risk_count", risks.low);
    json.field("medium_risk_count", risks.medium);
    json.field("high_risk_count", risks.high);
    json.field("success_rate_bps", settled == 0 ? 0 : totals.confirmed * 10000 / settled);
    json.end_object();
}

} // namespace viz::http
