#include "components/sim/candidate.hpp"

#include "components/eth/transaction_rlp.hpp"

namespace viz::sim {

namespace {

// Some transactions, each within what one may take.
constexpr state::RoundLimits kCandidateLimits{
    .rounds = 40, .missing = 8'192, .requests = 16'384, .accounts = 1'024};

evm::SwapLeg leg_of(const bus::PoolLeg& leg) {
    return {.kind = leg.v3 ? evm::PoolKind::v3 : evm::PoolKind::v2,
            .pool = leg.pool,
            .token_in = leg.token_in,
            .token_out = leg.token_out,
            .zero_for_one = leg.zero_for_one,
            .fee_numerator = leg.fee_numerator,
            .fee_denominator = leg.fee_denominator,
            .amount_in = leg.amount_in};
}

} // namespace

std::optional<SimRequest> request_of(const bus::Candidate& candidate) {
    SimRequest request{.steps = {},
                       .base_token = candidate.base_token,
                       .capital = candidate.capital,
                       .wei_numerator = candidate.wei_numerator,
                       .wei_denominator = candidate.wei_denominator,
                       .claims = {},
                       .partial_ticks = candidate.partial_ticks};
    for (const auto& step : candidate.steps) {
        if (step.member) {
            const auto& member = candidate.members[*step.member];
            auto tx = eth::decode_transaction(member.raw);
            if (!tx) return std::nullopt;
            request.steps.emplace_back(SimMember{member.hash, member.sender, std::move(*tx)});
        } else {
            SimLegs legs;
            for (const auto& leg : step.legs) legs.push_back(leg_of(leg));
            request.steps.emplace_back(std::move(legs));
        }
    }
    return request;
}

CandidateRun simulate_candidate(state::HeadState& head, evm::CodeCache& codes,
                                state::StateSource& source, const evm::Rules& rules,
                                const evm::BlockEnvironment& next, const SimRequest& request,
                                const SimSettings& settings, const std::optional<CaseId>& record,
                                evm::RunGuard* guard) {
    CandidateRun run;
    const auto execute = [&](evm::Overlay& overlay) {
        run.result = simulate(overlay, rules, next, request, settings, guard);
        if (record)
            run.recorded = make_case(*record, head.block(), overlay, rules, next, request, settings,
                                     run.result);
    };
    const auto planned = [&] {
        state::Plan plan;
        for (const auto& step : request.steps)
            if (const auto* member = std::get_if<SimMember>(&step))
                plan.calls.push_back({&member->tx, member->sender});
        return plan;
    };
    run.rounds =
        state::run_in_rounds(head, codes, source, kCandidateLimits, execute, planned, guard);
    if (run.rounds.end != state::RoundsEnd::complete)
        run.result.failure = SimFailure{.category = fail_category_of(run.rounds.end),
                                        .step = {},
                                        .invalid = {},
                                        .first_failure = {},
                                        .reason = std::string(to_string(run.rounds.end))};
    return run;
}

std::vector<std::string> texts_of(const CandidateFlags& flags) {
    std::vector<std::string> texts;
    if (flags.partial_ticks) texts.emplace_back("partial_ticks");
    if (flags.taxed_token) texts.emplace_back("taxed_token");
    if (flags.reads_prevrandao) texts.emplace_back("reads_prevrandao");
    if (flags.reads_coinbase) texts.emplace_back("reads_coinbase");
    if (flags.stale_state) texts.emplace_back("stale_state");
    return texts;
}

bus::SimCompleted completed_of(const CandidateRun& run, const eth::Address& base_token) {
    const auto& result = run.result;
    bus::SimCompleted completed{.hash = {},
                                .sim_id = {},
                                .candidate_id = {},
                                .success = result.succeeded(),
                                .fail_category = {},
                                .revert_reason = {},
                                .gas_used = eth::Gas{result.gas_used},
                                .coinbase_payment = result.coinbase_payment,
                                .block_number = {},
                                .block_hash = {},
                                .rounds = static_cast<std::uint32_t>(run.rounds.runs),
                                .flags = texts_of(result.flags),
                                .profit = {}};
    for (const auto& step : result.steps)
        completed.log_count += static_cast<std::uint32_t>(step.logs.size());
    if (result.failure) {
        completed.fail_category = to_string(result.failure->category);
        completed.revert_reason = result.failure->reason;
        return completed;
    }
    const auto& fall = result.waterfall;
    const auto band = result.robustness.value_or(Robustness{});
    completed.profit = bus::SimProfit{.profit = result.profit,
                                      .base_token = base_token,
                                      .gross = fall.gross,
                                      .pool_fees = fall.pool_fees,
                                      .gas = fall.gas,
                                      .bribe = fall.bribe,
                                      .net = fall.net,
                                      .own_gas = eth::Gas{result.own_gas},
                                      .plain = result.plainly_profitable(),
                                      .net_base_fee_up = band.base_fee_up,
                                      .net_other_coinbase = band.other_coinbase,
                                      .net_competing_swap = band.competing_swap};
    return completed;
}

} // namespace viz::sim
