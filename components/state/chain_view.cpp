#include "components/state/chain_view.hpp"

#include <algorithm>

namespace viz::state {

namespace {
// From nothing, a mainnet block takes up to some fifty rounds; from its parent's state a few.
constexpr std::size_t kBlockRounds = 64;
// The next block is expected after as long as this one was; at first, after a slot of mainnet.
constexpr std::uint64_t kSlotS = 12;
} // namespace

std::size_t bytes_of(const TakenBlock& taken) {
    const auto& block = taken.block;
    auto bytes = sizeof taken + block.transactions.size() * (sizeof(eth::Transaction) + 64) +
                 block.withdrawals.size() * sizeof(evm::Withdrawal);
    for (const auto& tx : block.transactions) {
        bytes += tx.data.size() + tx.blob_versioned_hashes.size() * sizeof(eth::Hash) +
                 tx.authorization_list.size() * sizeof(eth::Authorization);
        for (const auto& entry : tx.access_list)
            bytes += sizeof entry + entry.storage_keys.size() * sizeof(eth::Hash);
    }
    bytes += taken.result.receipts.size() * sizeof(evm::Receipt);
    for (const auto& result : taken.result.results) {
        bytes += sizeof result + result.output.size() +
                 result.balances.size() * sizeof(evm::BalanceChange) +
                 result.slots.size() * sizeof(evm::SlotAccess);
        for (const auto& log : result.logs)
            bytes += sizeof log + log.topics.size() * sizeof(eth::Hash) + log.data.size();
    }
    return bytes;
}

std::shared_ptr<const ViewedHead> ChainView::head() const {
    const std::scoped_lock lock(mutex_);
    return kept_.empty() ? nullptr : kept_.back().head;
}

ChainView::Memory ChainView::memory() const {
    Memory out{.code_bytes = codes_.bytes()};
    const std::scoped_lock lock(mutex_);
    for (const auto& each : kept_) out.state_bytes += each.head->state->bytes();
    out.block_bytes = block_bytes_;
    out.blocks_gone = blocks_gone_;
    if (!kept_.empty()) out.evicted = kept_.back().head->state->evicted();
    return out;
}

ChainView::Kept ChainView::find(const eth::Hash& hash) const {
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find_if(
        kept_, [&](const Kept& each) { return each.head->block.hash == hash; });
    return found == kept_.end() ? Kept{} : *found;
}

void ChainView::keep(Kept newest) {
    const std::scoped_lock lock(mutex_);
    newest.bytes = bytes_of(*newest.taken);
    block_bytes_ += newest.bytes;
    kept_.push_back(std::move(newest));
    const auto drop = [&] {
        block_bytes_ -= kept_.front().bytes;
        kept_.pop_front();
    };
    if (kept_.size() > kKept) drop();
    for (; block_bytes_ > max_block_bytes_ && kept_.size() > 1; ++blocks_gone_) drop();
}

ChainView::Kept ChainView::execute(NodeBlock block, StateSource& source,
                                   std::int64_t arrived_mono_ns, evm::RunGuard* guard) {
    const auto& env = block.environment;
    const auto parent = find(block.parent_hash).head;
    const auto slot_s =
        parent ? env.timestamp - std::min(env.timestamp, parent->timestamp) : kSlotS;
    auto next = std::make_shared<ViewedHead>();
    next->block = block.ref;
    next->timestamp = env.timestamp;
    next->arrived_mono_ns = arrived_mono_ns;
    next->next = evm::next_environment(env, block.claims.gas_used, block.blob_gas_used,
                                       std::max<std::uint64_t>(slot_s, 1));
    next->next_rules = &evm::rules_at(env.chain_id, next->next.timestamp);
    auto taken = std::make_shared<TakenBlock>();
    if (parent) {
        auto done = advance(*parent->state, block.ref, evm::rules_at(env.chain_id, env.timestamp),
                            block.input(), block.claims, codes_, source,
                            {.rounds = {.rounds = kBlockRounds}, .collect_sets = true}, guard);
        next->state = std::move(done.state);
        taken->parent_known = true;
        taken->end = done.end;
        taken->result = std::move(done.result);
    } else {
        next->state = std::make_shared<HeadState>(block.ref, max_state_bytes_, memory().evicted);
        taken->end = AdvanceEnd::incomplete;
    }
    taken->block = std::move(block);
    return {std::move(next), std::move(taken)};
}

std::shared_ptr<const TakenBlock> ChainView::take(const eth::Hash& hash, const Fetch& fetch,
                                                  StateSource& source, std::int64_t arrived_mono_ns,
                                                  evm::RunGuard* guard) {
    const std::scoped_lock one_at_a_time(taking_);
    // A known one stays where it is: another follower may be further on already.
    if (auto known = find(hash); known.head) return known.taken;
    auto block = fetch();
    if (!block) return nullptr;
    auto kept = execute(std::move(*block), source, arrived_mono_ns, guard);
    auto taken = kept.taken;
    keep(std::move(kept));
    return taken;
}

} // namespace viz::state
