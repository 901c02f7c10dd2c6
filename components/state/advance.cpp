#include "components/state/advance.hpp"

#include <array>

namespace viz::state {

std::string_view to_string(AdvanceEnd end) {
    constexpr std::array<std::string_view, 4> kTexts{"advanced", "incomplete", "not_executable",
                                                     "another_outcome"};
    static_assert(kTexts.size() == static_cast<std::size_t>(AdvanceEnd::another_outcome) + 1);
    return kTexts[static_cast<std::size_t>(end)];
}

namespace {

// Where state is missing, a transaction may seem not to be allowed: what those after it read is to
// be found out all the same.
void look_ahead(evm::Overlay& overlay, const evm::Rules& rules, const evm::BlockInput& block,
                std::size_t from, evm::RunGuard* guard) {
    evm::TransactionExecutor executor(overlay, rules, block.environment);
    executor.collect_sets = false;
    executor.machine().guard = guard;
    for (auto i = from; i < block.transactions.size() && !executor.machine().interrupted(); ++i) {
        executor.block_gas_left = block.environment.gas_limit;
        executor.execute(block.transactions[i], block.senders[i],
                         {.nonce = false, .funds = false, .fees = false, .eoa = false});
    }
}

} // namespace

Advance advance(HeadState& parent, const BlockRef& next, const evm::Rules& rules,
                const evm::BlockInput& block, const BlockClaims& claims, evm::CodeCache& codes,
                StateSource& source, const AdvanceLimits& limits, evm::RunGuard* guard) {
    Advance done;
    std::size_t missed = 0; // by the last run
    const auto run = [&](evm::Overlay& overlay) {
        done.result = evm::execute_block(overlay, rules, block, limits.collect_sets, guard);
        if (!overlay.missing().empty()) {
            if (done.result.stopped_at)
                look_ahead(overlay, rules, block, *done.result.stopped_at, guard);
            missed = overlay.missing().size();
            return;
        }
        if (state::interrupted(guard)) return;
        const bool same = done.result.gas_used == claims.gas_used &&
                          done.result.bloom == claims.logs_bloom &&
                          done.result.receipts_root == claims.receipts_root;
        done.end = done.result.stopped_at ? AdvanceEnd::not_executable
                   : same                 ? AdvanceEnd::advanced
                                          : AdvanceEnd::another_outcome;
        if (done.end == AdvanceEnd::advanced)
            done.state = parent.child(next, overlay, limits.slots);
    };
    const auto planned = [&] { return missed < limits.much ? Plan{} : Plan{{}, next.hash}; };
    done.rounds = run_in_rounds(parent, codes, source, limits.rounds, run, planned, guard);
    if (done.rounds.end != RoundsEnd::complete) done.end = AdvanceEnd::incomplete;
    if (!done.state) done.state = parent.unknown_child(next);
    return done;
}

} // namespace viz::state
