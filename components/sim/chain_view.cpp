#include "components/sim/chain_view.hpp"

#include <algorithm>

namespace viz::sim {

namespace {
// From nothing, a mainnet block takes up to some fifty rounds; from its parent's state a few.
constexpr std::size_t kBlockRounds = 64;
// The next block is expected after as long as this one was; at first, after a slot of mainnet.
constexpr std::uint64_t kSlotS = 12;
} // namespace

std::shared_ptr<const ViewedHead> ChainView::head() const {
    const std::scoped_lock lock(mutex_);
    return heads_.empty() ? nullptr : heads_.back();
}

std::shared_ptr<const ViewedHead> ChainView::find(const eth::Hash& hash) const {
    const std::scoped_lock lock(mutex_);
    const auto found =
        std::ranges::find_if(heads_, [&](const auto& each) { return each->block.hash == hash; });
    return found == heads_.end() ? nullptr : *found;
}

ViewChange ChainView::take(const state::NodeBlock& block, state::StateSource& source,
                           std::int64_t arrived_mono_ns) {
    const std::scoped_lock one_at_a_time(taking_);
    const auto& env = block.environment;
    const auto parent = find(block.parent_hash);
    const auto slot_s =
        parent ? env.timestamp - std::min(env.timestamp, parent->timestamp) : kSlotS;
    ViewChange change;
    auto next = std::make_shared<ViewedHead>();
    next->block = block.ref;
    next->timestamp = env.timestamp;
    next->arrived_mono_ns = arrived_mono_ns;
    next->next = evm::next_environment(env, block.claims.gas_used, block.blob_gas_used,
                                       std::max<std::uint64_t>(slot_s, 1));
    next->next_rules = &evm::rules_at(env.chain_id, next->next.timestamp);
    if (parent) {
        change.parent_known = true;
        auto done = state::advance(
            *parent->state, block.ref, evm::rules_at(env.chain_id, env.timestamp), block.input(),
            block.claims, codes_, source, {.rounds = {.rounds = kBlockRounds}});
        next->state = std::move(done.state);
        change.end = done.end;
        change.result = std::move(done.result);
    } else {
        next->state = std::make_shared<state::HeadState>(block.ref);
        change.end = state::AdvanceEnd::incomplete;
    }
    const std::scoped_lock lock(mutex_);
    std::erase_if(heads_, [&](const auto& each) { return each->block == block.ref; });
    heads_.push_back(std::move(next));
    if (heads_.size() > kKept) heads_.pop_front();
    return change;
}

} // namespace viz::sim
