// Compares our execution of mined blocks with the node's receipts, for simulated transactions.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "components/evm/block.hpp"
#include "components/state/advance.hpp"
#include "components/state/node_block.hpp"

namespace viz::sim {

enum class ParityResult : std::uint8_t {
    match,     // status, gas and logs equal the receipt's
    mismatch,  // one of them differs
    unchecked, // the block was not executed, or its receipts are unavailable
};
inline constexpr std::size_t kParityResults = 3;
std::string_view to_string(ParityResult result);

struct Parity {
    eth::Hash hash;
    ParityResult result{};
    std::string differs; // "gas_used: 1 here, 2 in the receipt", …; empty otherwise
};

// Recently simulated transactions. Bounded: the oldest are evicted.
class RecentSimulations {
  public:
    static constexpr std::size_t kMost = 65'536;

    void add(const eth::Hash& hash);
    bool contains(const eth::Hash& hash) const { return known_.contains(hash); }
    std::size_t size() const { return known_.size(); }

  private:
    std::unordered_set<eth::Hash> known_;
    std::deque<eth::Hash> oldest_first_;
};

// eth_getBlockReceipts of the block, as a request with id 1.
std::string receipts_request(const eth::Hash& block);

// The results for the block's simulated transactions. `receipts_reply` is read only when the
// block's header disagrees with the execution; empty without a reply.
std::vector<Parity> parity_of(const state::NodeBlock& block, state::AdvanceEnd end,
                              const evm::BlockResult& executed, const RecentSimulations& simulated,
                              std::string_view receipts_reply);

} // namespace viz::sim
