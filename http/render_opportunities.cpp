#include "http/render_opportunities.hpp"

#include "components/eth/u256_math.hpp"

namespace viz::http {

namespace {

template <class List> void append_list(JsonOut& json, std::string_view name, const List& list) {
    json.key(name);
    json.begin_array();
    for (const auto& one : list) json.value(one);
    json.end_array();
}

void append_slot(JsonOut& json, const std::optional<bus::SlotUse>& slot) {
    if (!slot) return json.null_field("slot");
    json.key("slot");
    json.begin_object();
    json.field("address", slot->address);
    json.field("key", bus::Hash{eth::to_be(slot->key)});
    json.end_object();
}

void append_what_became(JsonOut& json, const bus::OpportunityRecord& record) {
    if (!record.outcome) return json.null_field("outcome");
    const auto& outcome = *record.outcome;
    json.key("outcome");
    json.begin_object();
    json.field("outcome", outcome.outcome);
    json.field("reason", outcome.reason.empty() ? std::nullopt
                                                : std::optional(std::string_view(outcome.reason)));
    json.field("by", outcome.by);
    append_slot(json, outcome.slot);
    json.field("coinbase_payment_wei", outcome.coinbase_payment);
    json.field("block_number", outcome.block_number);
    json.field("block_hash", outcome.block_hash);
    json.field("unix_ms", record.outcome_unix_ms);
    json.end_object();
}

void append_result(JsonOut& json, const std::optional<bus::OppResult>& result) {
    const bool failed = result && !result->fail_category.empty();
    json.signed_field("profit_wei", result ? result->net : std::nullopt);
    json.field("fail_category",
               failed ? std::optional(std::string_view(result->fail_category)) : std::nullopt);
    append_list(json, "flags", result ? result->flags : std::vector<std::string>{});
}

} // namespace

void append_opportunity(JsonOut& json, const bus::OpportunityRecord& record) {
    const auto& found = *record.detected;
    json.begin_object();
    json.field("tx_hash", found.hash);
    json.field("status", bus::to_string(record.status));
    json.field("strategy", found.strategy);
    json.field("score", found.score);
    json.field("protocol", found.protocol);
    json.field("category", found.category);
    json.field("chain_id", record.chain_id);
    json.field("feature_engine_version", found.feature_engine_version);
    json.field("scorer_version", found.scorer_version);
    json.field("strategy_version", found.strategy_version);
    append_list(json, "reasons", found.reasons);
    json.field("detected_unix_ms", found.detected_unix_ms);
    json.field("candidate_id", record.candidate_id);
    append_list(json, "member_tx_hashes", found.member_hashes);
    json.field("block_number", found.block_number);
    json.field("block_hash", found.block_hash);
    json.field("base_token", found.base_token);
    json.field("capital", found.capital);
    json.field("expected_profit", found.expected);
    json.signed_field("expected_net_wei", found.expected_net);
    json.field("sim_id", record.sim_id);
    append_result(json, record.result);
    append_what_became(json, record);
    json.end_object();
}

void append_opportunities(JsonOut& json, const ReadModel& model, std::size_t limit,
                          const OppFilter& filter) {
    json.begin_array();
    model.opportunities().newest_first(filter, [&, n = std::size_t{0}](const auto& record) mutable {
        append_opportunity(json, record);
        return ++n < limit;
    });
    json.end_array();
}

void append_parity(JsonOut& json, const ParityBoard& board) {
    const auto& totals = board.totals();
    json.begin_object();
    json.field("checked", totals.match + totals.mismatch);
    json.field("match", totals.match);
    json.field("mismatch", totals.mismatch);
    json.field("unchecked", totals.unchecked);
    json.field("rolling_match_bps", board.rolling_match_bps());
    json.field("rolling_window", board.rolling_window());
    json.key("worst");
    json.begin_array();
    for (auto miss = board.misses().rbegin(); miss != board.misses().rend(); ++miss) {
        json.begin_object();
        json.field("hash", miss->parity.hash);
        json.field("chain_id", miss->chain_id);
        json.field("block_number", miss->parity.block_number);
        json.field("differs", miss->parity.differs);
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

void append_exposure(JsonOut& json, const bus::ExposureRecord& record) {
    const auto& exposure = record.exposure;
    const auto& net = exposure.attacker_net;
    // Records of earlier versions lack it.
    const auto of_input = [&](const bus::Wei& amount) {
        return exposure.token_in ? std::optional(amount) : std::nullopt;
    };
    json.begin_object();
    json.field("hash", exposure.hash);
    json.field("chain_id", record.chain_id);
    json.field("pool", exposure.pool);
    json.field("token_out", exposure.token_out);
    json.field("amount_out", exposure.amount_out);
    json.field("least_out", exposure.least_out);
    json.field("token_in", exposure.token_in);
    json.field("amount_in", of_input(exposure.amount_in));
    json.field("most_in", of_input(exposure.most_in));
    json.field("loss", exposure.loss);
    json.field("loss_token", exposure.pays_more ? exposure.token_in : exposure.token_out);
    json.field("protecting_out", exposure.protecting_out);
    json.field("protecting_in", exposure.protecting_in);
    json.signed_field("attacker_net_wei", net);
    json.field("candidate_id", exposure.candidate_id);
    json.field("block_number", exposure.block_number);
    json.field("block_hash", exposure.block_hash);
    json.field("sandwichable", !eth::is_negative(net) && !eth::is_zero(net));
    json.field("updated_unix_ms", record.updated_unix_ms);
    json.end_object();
}

void append_profit(JsonOut& json, const bus::SimCompleted& done) {
    const auto& profit = done.profit;
    json.signed_field("profit_wei", profit ? std::optional(profit->net) : std::nullopt);
    json.field("plainly_profitable", profit && profit->plain && done.flags.empty());
    if (!profit) {
        json.null_field("waterfall");
        json.null_field("robustness");
        return;
    }
    json.key("waterfall");
    json.begin_object();
    json.field("base_token", profit->base_token);
    json.signed_field("profit", profit->profit);
    json.signed_field("gross_wei", profit->gross);
    json.field("pool_fees_wei", profit->pool_fees);
    json.field("gas_cost_wei", profit->gas);
    json.field("bribe_wei", profit->bribe);
    json.signed_field("net_wei", profit->net);
    json.field("own_gas", profit->own_gas);
    json.end_object();
    json.key("robustness");
    json.begin_object();
    json.signed_field("net_base_fee_up_wei", profit->net_base_fee_up);
    json.signed_field("net_other_coinbase_wei", profit->net_other_coinbase);
    json.signed_field("net_competing_swap_wei", profit->net_competing_swap);
    json.end_object();
}

} // namespace viz::http
