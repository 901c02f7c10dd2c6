// The states of a chain's newest blocks, by hash: what simulations of the head run on. A block
// whose parent is known is executed, which carries the parent's state over exactly; a reorg goes on
// from the block it goes back to.
#pragma once

#include <deque>
#include <memory>
#include <mutex>

#include "components/evm/next_block.hpp"
#include "components/evm/rules.hpp"
#include "components/state/node_block.hpp"

namespace viz::sim {

// One block, and what is known of the next. Immutable but for the state, which fetches fill.
struct ViewedHead {
    state::BlockRef block;
    std::uint64_t timestamp{};
    std::shared_ptr<state::HeadState> state;
    evm::BlockEnvironment next;
    const evm::Rules* next_rules{};
    std::int64_t arrived_mono_ns{};
};

struct ViewChange {
    state::AdvanceEnd end{}; // of the execution; `incomplete` where the parent was not known
    bool parent_known{};
    evm::BlockResult result; // when `advanced` or `another_outcome`
};

// Thread-safe; blocks are taken one at a time.
class ChainView {
  public:
    // Null before the first block.
    std::shared_ptr<const ViewedHead> head() const;
    evm::CodeCache& codes() { return codes_; }

    // A block of the canonical chain: the head from now on.
    ViewChange take(const state::NodeBlock& block, state::StateSource& source,
                    std::int64_t arrived_mono_ns);

    static constexpr std::size_t kKept = 8; // blocks: reorgs are shorter

  private:
    std::shared_ptr<const ViewedHead> find(const eth::Hash& hash) const;

    evm::CodeCache codes_;
    std::mutex taking_;
    mutable std::mutex mutex_;
    std::deque<std::shared_ptr<const ViewedHead>> heads_; // newest last
};

} // namespace viz::sim
