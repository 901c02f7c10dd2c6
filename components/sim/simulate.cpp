#include "components/sim/simulate.hpp"

#include <algorithm>

#include "components/eth/u256_math.hpp"
#include "components/evm/pool_swaps.hpp"
#include "components/evm/step_budget.hpp"
#include "components/evm/token_view.hpp"

namespace viz::sim {

namespace {

FailCategory category_of(const evm::TransactionResult& result) {
    if (result.invalid) {
        switch (*result.invalid) {
        case evm::Invalid::nonce_too_low:
        case evm::Invalid::nonce_too_high:
        case evm::Invalid::nonce_max:
            return FailCategory::nonce_mismatch;
        case evm::Invalid::insufficient_funds:
        case evm::Invalid::fee_overflow:
            return FailCategory::insufficient_funds;
        default:
            return FailCategory::unknown;
        }
    }
    switch (result.status) {
    case evm::Status::revert:
        return FailCategory::revert;
    case evm::Status::out_of_gas:
        return FailCategory::out_of_gas;
    case evm::Status::unsupported_precompile:
        return FailCategory::unsupported_precompile;
    case evm::Status::missing_state:
        return FailCategory::state_mismatch;
    case evm::Status::step_budget:
        return FailCategory::timeout;
    default:
        return FailCategory::unknown;
    }
}

SimFailure failure_of(const evm::TransactionResult& result, std::size_t step) {
    SimFailure failure{.category = category_of(result),
                       .step = step,
                       .invalid = result.invalid,
                       .status = result.status,
                       .first_failure = result.first_failure,
                       .reason = {}};
    if (result.invalid)
        failure.reason = to_string(*result.invalid);
    else if (result.status == evm::Status::revert)
        failure.reason = evm::describe(evm::decode_revert(result.output), result.output);
    else
        failure.reason = to_string(result.status);
    return failure;
}

// Two's complement.
U256 times_ratio(const U256& value, const U256& numerator, const U256& denominator) {
    if (!eth::is_negative(value)) return value * numerator / denominator;
    return eth::negate(eth::negate(value) * numerator / denominator);
}

// What the swapper should have gained of a token by its legs, and what it did.
struct Expected {
    eth::Address token;
    U256 before;
    U256 change; // two's complement
};

class Run {
  public:
    Run(evm::Overlay& state, const evm::Rules& rules, const evm::BlockEnvironment& block,
        const SimRequest& request, const SimSettings& settings, evm::RunGuard* guard)
        : state_(state), request_(request), settings_(settings), block_(block),
          executor_(state, rules, block), budget_(settings.step_budget, guard) {
        machine().guard = guard;
    }

    SimResult run(bool with_rival) {
        if (const auto wrong = wrong_claim()) {
            fail(FailCategory::state_mismatch, std::string(*wrong));
            return std::move(result_);
        }
        if (with_rival && !rival()) return std::move(result_);
        evm::install_swapper(state_, settings_.swapper);
        if (!evm::give_token(machine(), request_.base_token, settings_.swapper, request_.capital)) {
            fail(FailCategory::unknown, "the base token's balances are not found in its storage");
            return std::move(result_);
        }
        for (std::size_t i = 0; i < request_.steps.size(); ++i)
            if (!step(i)) return std::move(result_);
        settle();
        return std::move(result_);
    }

  private:
    evm::Machine& machine() { return executor_.machine(); }
    U256 balance(const eth::Address& token) {
        return evm::token_balance(machine(), token, settings_.swapper).value_or(U256());
    }
    void fail(FailCategory category, std::string reason) {
        result_.failure = SimFailure{.category = category,
                                     .step = {},
                                     .invalid = {},
                                     .first_failure = {},
                                     .reason = std::move(reason)};
    }

    std::optional<std::string_view> wrong_claim() {
        for (const auto& claim : request_.claims) {
            const auto& now = state_.slot(state_.slot(state_.load(claim.address), claim.key)).now;
            if (now != claim.value) return "a slot has another value than the one computed on";
        }
        return std::nullopt;
    }

    evm::TransactionResult own(const SimLegs& legs, const eth::Address& sender,
                               const eth::Address& swapper) {
        eth::Transaction tx;
        tx.type = eth::TxType::dynamic_fee;
        tx.chain_id = block_.chain_id;
        tx.nonce = state_.account(state_.load(sender)).now.nonce;
        tx.max_fee_per_gas = block_.base_fee;
        tx.gas_limit = eth::Gas(std::min(settings_.swap_gas_limit, block_.gas_limit));
        tx.to = swapper;
        tx.data = evm::swapper_call(legs);
        return executor_.execute(tx, sender, {.funds = false}, budget_);
    }

    // Another searcher makes our first swap, half as large, before anything else.
    bool rival() {
        const auto first = std::find_if(request_.steps.begin(), request_.steps.end(),
                                        [](auto& s) { return std::holds_alternative<SimLegs>(s); });
        if (first == request_.steps.end() || std::get<SimLegs>(*first).empty()) return true;
        auto leg = std::get<SimLegs>(*first).front();
        leg.amount_in = (leg.amount_in == evm::kEverything ? request_.capital : leg.amount_in) >> 1;
        evm::install_swapper(state_, settings_.rival_swapper);
        if (!evm::give_token(machine(), leg.token_in, settings_.rival_swapper, leg.amount_in)) {
            fail(FailCategory::unknown, "a rival cannot be given the token");
            return false;
        }
        own({leg}, settings_.rival, settings_.rival_swapper);
        executor_.block_gas_left = block_.gas_limit;
        return true;
    }

    bool step(std::size_t index) {
        const auto& what = request_.steps[index];
        const auto* legs = std::get_if<SimLegs>(&what);
        std::vector<Expected> expected;
        if (legs != nullptr) expected = expect(*legs);
        const auto result = legs != nullptr ? own(*legs, settings_.sender, settings_.swapper)
                                            : member(std::get<SimMember>(what));
        result_.flags.reads_coinbase |= result.flags.coinbase;
        result_.flags.reads_prevrandao |= result.flags.prev_randao;
        if (!result.succeeded()) {
            result_.failure = failure_of(result, index);
            return false;
        }
        if (legs != nullptr) {
            result_.own_gas += result.gas_used;
            check_amounts(*legs, result, std::move(expected));
            add_fees(*legs, result);
        }
        result_.gas_used += result.gas_used;
        result_.coinbase_payment = result_.coinbase_payment + result.coinbase_payment;
        result_.steps.push_back({result.gas_used, result.coinbase_payment, result.logs});
        return true;
    }

    evm::TransactionResult member(const SimMember& m) {
        return executor_.execute(m.tx, m.sender, {}, budget_);
    }

    std::vector<Expected> expect(const SimLegs& legs) {
        std::vector<Expected> tokens;
        for (const auto& leg : legs)
            for (const auto& token : {leg.token_in, leg.token_out})
                if (std::none_of(tokens.begin(), tokens.end(),
                                 [&](const Expected& e) { return e.token == token; }))
                    tokens.push_back({token, balance(token), {}});
        return tokens;
    }

    // The pools' word against the balances: a token that takes a share of transfers shows here.
    void check_amounts(const SimLegs& legs, const evm::TransactionResult& result,
                       std::vector<Expected> tokens) {
        const auto swaps = evm::pool_swaps(result.logs);
        for (const auto& leg : legs) {
            const auto swap = std::find_if(swaps.begin(), swaps.end(), [&](const auto& s) {
                return s.pool == leg.pool && s.zero_for_one == leg.zero_for_one;
            });
            if (swap == swaps.end()) continue;
            for (auto& token : tokens) {
                if (token.token == leg.token_in) token.change = token.change - swap->amount_in;
                if (token.token == leg.token_out) token.change = token.change + swap->amount_out;
            }
        }
        for (const auto& token : tokens)
            if (balance(token.token) - token.before != token.change)
                result_.flags.taxed_token = true;
    }

    // What the pools kept of our swaps, in the base token: of a leg that takes base in, a share of
    // that; of one that gives base out, what would have come out more; of one in between, a share
    // of the base that went in before it.
    void add_fees(const SimLegs& legs, const evm::TransactionResult& result) {
        constexpr std::uint64_t kMillion = 1'000'000;
        const auto swaps = evm::pool_swaps(result.logs);
        U256 base_in;
        for (const auto& leg : legs) {
            const auto swap = std::find_if(swaps.begin(), swaps.end(),
                                           [&](const auto& s) { return s.pool == leg.pool; });
            if (swap == swaps.end()) continue;
            const auto pips =
                leg.kind == evm::PoolKind::v3
                    ? evm::view_word(machine(), leg.pool, 0xddca3f43).value_or(U256()) // fee()
                    : U256(kMillion) * U256(leg.fee_denominator - leg.fee_numerator) /
                          U256(leg.fee_denominator);
            if (leg.token_in == request_.base_token) base_in = swap->amount_in;
            if (leg.token_out == request_.base_token && pips < U256(kMillion))
                fees_ = fees_ + swap->amount_out * pips / (U256(kMillion) - pips);
            else
                fees_ = fees_ + base_in * pips / U256(kMillion);
        }
    }

    void settle() {
        result_.profit = balance(request_.base_token) - request_.capital;
        const auto wei = [&](const U256& units) {
            return times_ratio(units, request_.wei_numerator, request_.wei_denominator);
        };
        auto& fall = result_.waterfall;
        fall.pool_fees = wei(fees_);
        const auto traded = wei(result_.profit);
        fall.gross = traded + fall.pool_fees;
        fall.gas = block_.base_fee * U256(result_.own_gas);
        const auto left = traded - fall.gas;
        if (!eth::is_negative(left)) fall.bribe = left * U256(request_.bribe_bps) / U256(10'000);
        fall.net = left - fall.bribe;
    }

    evm::Overlay& state_;
    const SimRequest& request_;
    const SimSettings& settings_;
    const evm::BlockEnvironment& block_;
    evm::TransactionExecutor executor_;
    evm::StepBudget budget_;
    SimResult result_;
    U256 fees_; // in the base token
};

SimResult once(evm::Overlay& state, const evm::Rules& rules, const evm::BlockEnvironment& block,
               const SimRequest& request, const SimSettings& settings, evm::RunGuard* guard,
               bool with_rival = false) {
    const auto before = state.checkpoint();
    const auto missing = state.missing().size();
    auto result = Run(state, rules, block, request, settings, guard).run(with_rival);
    state.rollback({.journal = before.journal, .logs = 0, .refund = 0});
    if (state.missing().size() != missing)
        result.failure = SimFailure{.category = FailCategory::state_mismatch,
                                    .step = {},
                                    .invalid = {},
                                    .first_failure = {},
                                    .reason = "state is missing"};
    return result;
}

std::optional<U256> net_of(const SimResult& result) {
    if (!result.succeeded()) return std::nullopt;
    return result.waterfall.net;
}

bool positive(const U256& value) {
    return !eth::is_negative(value) && !eth::is_zero(value);
}

} // namespace

bool Robustness::holds() const {
    return base_fee_up && positive(*base_fee_up) && other_coinbase && positive(*other_coinbase) &&
           competing_swap && positive(*competing_swap);
}

bool SimResult::plainly_profitable() const {
    return succeeded() && !flags.any() && positive(waterfall.net);
}

SimResult simulate(evm::Overlay& state, const evm::Rules& rules,
                   const evm::BlockEnvironment& next_block, const SimRequest& request,
                   const SimSettings& settings, evm::RunGuard* guard) {
    auto result = once(state, rules, next_block, request, settings, guard);
    result.flags.partial_ticks = request.partial_ticks;
    result.flags.stale_state = request.state_age_blocks > settings.oldest_state;
    if (!settings.robustness || !result.succeeded()) return result;
    Robustness band;
    auto dearer = next_block;
    dearer.base_fee = dearer.base_fee + (dearer.base_fee >> 3);
    band.base_fee_up = net_of(once(state, rules, dearer, request, settings, guard));
    auto elsewhere = next_block;
    elsewhere.coinbase = {{{0xc0, 0x1b, 0xa5, 0xe0}}};
    band.other_coinbase = net_of(once(state, rules, elsewhere, request, settings, guard));
    band.competing_swap = net_of(once(state, rules, next_block, request, settings, guard, true));
    result.robustness = band;
    return result;
}

} // namespace viz::sim
