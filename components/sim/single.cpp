#include "components/sim/single.hpp"

#include "components/evm/revert.hpp"
#include "components/evm/step_budget.hpp"

namespace viz::sim {

namespace {

FailCategory category_of(evm::Invalid reason) {
    switch (reason) {
    case evm::Invalid::nonce_too_low:
    case evm::Invalid::nonce_too_high:
        return FailCategory::nonce_mismatch;
    case evm::Invalid::insufficient_funds:
        return FailCategory::insufficient_funds;
    default:
        return FailCategory::unknown;
    }
}

std::optional<FailCategory> category_of(evm::Status status) {
    switch (status) {
    case evm::Status::success:
        return std::nullopt;
    case evm::Status::out_of_gas:
        return FailCategory::out_of_gas;
    case evm::Status::unsupported_precompile:
        return FailCategory::unsupported_precompile;
    case evm::Status::missing_state:
        return FailCategory::state_mismatch;
    case evm::Status::step_budget:
        return FailCategory::timeout;
    default:
        return FailCategory::revert;
    }
}

void judge(Single& single) {
    const auto& result = single.result;
    if (single.rounds.end != state::RoundsEnd::complete) {
        single.failed = fail_category_of(single.rounds.end);
        single.reason = to_string(single.rounds.end);
        single.result = {}; // of a run that does not count
    } else if (result.invalid) {
        single.failed = category_of(*result.invalid);
        single.reason = to_string(*result.invalid);
    } else {
        single.failed = category_of(result.status);
        if (result.status == evm::Status::revert)
            single.reason = evm::describe(evm::decode_revert(result.output), result.output);
        else if (result.status != evm::Status::success)
            single.reason = to_string(result.status);
    }
}

} // namespace

Single simulate_single(state::HeadState& head, evm::CodeCache& codes, state::StateSource& source,
                       const evm::Rules& rules, const evm::BlockEnvironment& next,
                       const eth::Transaction& tx, const eth::Address& sender,
                       const SingleLimits& limits, evm::RunGuard* guard) {
    Single single;
    const auto run = [&](evm::Overlay& overlay) {
        evm::TransactionExecutor executor(overlay, rules, next);
        executor.collect_sets = false;
        executor.machine().guard = guard;
        evm::StepBudget budget(limits.steps, guard);
        single.result = executor.execute(tx, sender, {}, budget);
        single.nonce_ahead = single.result.invalid == evm::Invalid::nonce_too_high;
        if (single.nonce_ahead)
            single.result = executor.execute(tx, sender, {.nonce = false}, budget);
    };
    const auto planned = [&] { return state::Plan{.calls = {{&tx, sender}}, .block = {}}; };
    single.rounds = state::run_in_rounds(head, codes, source, limits.rounds, run, planned, guard);
    judge(single);
    return single;
}

std::vector<std::string> flags_of(const Single& single) {
    const auto& flags = single.result.flags;
    std::vector<std::string> texts;
    if (single.nonce_ahead) texts.emplace_back("nonce_ahead");
    if (flags.coinbase) texts.emplace_back("reads_coinbase");
    if (flags.prev_randao) texts.emplace_back("reads_prevrandao");
    if (flags.timestamp) texts.emplace_back("reads_timestamp");
    return texts;
}

} // namespace viz::sim
