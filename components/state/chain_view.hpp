// The states of a chain's newest blocks, by hash: what searches and simulations of the head run on.
// A block whose parent is known is executed, which carries the parent's state over exactly; a reorg
// goes on from the block it goes back to.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "components/evm/next_block.hpp"
#include "components/evm/rules.hpp"
#include "components/state/node_block.hpp"

namespace viz::state {

// One block, and what is known of the next. Immutable but for the state, which fetches fill.
struct ViewedHead {
    BlockRef block;
    std::uint64_t timestamp{};
    std::shared_ptr<HeadState> state;
    evm::BlockEnvironment next;
    const evm::Rules* next_rules{};
    std::int64_t arrived_mono_ns{};
};

// How a block was taken.
struct TakenBlock {
    NodeBlock block;
    AdvanceEnd end{}; // of the execution; `incomplete` where the parent was not known
    bool parent_known{};
    evm::BlockResult result; // with the slots of each transaction; when `advanced` or
                             // `another_outcome`
};

// With what containers and the allocator take.
std::size_t bytes_of(const TakenBlock& taken);

// Thread-safe, and to be shared by all that look at the chain: blocks are taken one at a time, each
// once.
class ChainView {
  public:
    // All that is kept of the chain's newest blocks is within `max_bytes`: a quarter for analysed
    // code, a half in equal parts for the states of kKept blocks, an eighth for the transactions
    // and results of those blocks, and an eighth for what a search keeps. Where the blocks are more
    // than that, fewer are kept; the newest always is.
    static constexpr std::size_t kDefaultBytes = 768U << 20;
    explicit ChainView(std::size_t max_bytes = kDefaultBytes)
        : codes_(max_bytes / 4), max_state_bytes_(max_bytes / 2 / kKept),
          max_block_bytes_(max_bytes / 8), search_bytes_(max_bytes / 8) {}
    std::size_t search_bytes() const { return search_bytes_; }

    struct Memory {
        std::size_t state_bytes{}; // codes that heads share are counted with each
        std::size_t code_bytes{};
        std::size_t block_bytes{};   // transactions and results
        std::uint64_t blocks_gone{}; // whole, before their turn
        std::uint64_t evicted{};     // entries of the newest state and those before it
    };
    Memory memory() const;

    // Null before the first block.
    std::shared_ptr<const ViewedHead> head() const;
    evm::CodeCache& codes() { return codes_; }

    // A block of the canonical chain: the head from now on. Who asks for a block that has been
    // taken, or is being taken, gets what came of that; `fetch` is called otherwise, and null is
    // what comes of it when that brings nothing. `guard` ends the fetches of the execution.
    using Fetch = std::function<std::optional<NodeBlock>()>;
    std::shared_ptr<const TakenBlock> take(const eth::Hash& hash, const Fetch& fetch,
                                           StateSource& source, std::int64_t arrived_mono_ns,
                                           evm::RunGuard* guard = nullptr);

    static constexpr std::size_t kKept = 8; // blocks: reorgs are shorter

  private:
    struct Kept {
        std::shared_ptr<const ViewedHead> head;
        std::shared_ptr<const TakenBlock> taken;
        std::size_t bytes{}; // of taken
    };
    Kept find(const eth::Hash& hash) const;
    Kept execute(NodeBlock block, StateSource& source, std::int64_t arrived_mono_ns,
                 evm::RunGuard* guard);
    void keep(Kept newest);

    evm::CodeCache codes_;
    std::size_t max_state_bytes_;
    std::size_t max_block_bytes_;
    std::size_t search_bytes_;
    std::size_t block_bytes_{};
    std::uint64_t blocks_gone_{};
    std::mutex taking_;
    mutable std::mutex mutex_;
    std::deque<Kept> kept_; // newest last
};

using ChainViews = std::map<eth::ChainId, std::shared_ptr<ChainView>>;

} // namespace viz::state
