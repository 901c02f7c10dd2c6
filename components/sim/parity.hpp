// What became of simulated transactions in mined blocks: our execution of the block against the
// node's receipts.
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
    match,     // status, gas and logs are those of the receipt
    mismatch,  // one of them is not
    unchecked, // the block could not be executed, or its receipts not be had
};
inline constexpr std::size_t kParityResults = 3;
std::string_view to_string(ParityResult result);

struct Parity {
    eth::Hash hash;
    ParityResult result{};
    std::string differs; // "gas_used: 1 here, 2 in the receipt", …; empty otherwise
};

// Which transactions have been simulated lately. Bounded: the oldest are forgotten.
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

// Of those of the block's transactions that have been simulated. `receipts_reply` is looked at only
// where the block's own header disagrees with the execution; empty where there is none.
std::vector<Parity> parity_of(const state::NodeBlock& block, state::AdvanceEnd end,
                              const evm::BlockResult& executed, const RecentSimulations& simulated,
                              std::string_view receipts_reply);

} // namespace viz::sim
