// A worker's connection to the nodes of a chain: one node at a time, the next one when a node does
// not answer.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "components/state/node_block.hpp"
#include "components/state/node_source.hpp"

namespace viz::state {

// Not thread-safe: each worker has its own.
class ChainNodes {
  public:
    // At least one URL, in order of preference.
    ChainNodes(eth::ChainId chain, const std::vector<node::Url>& urls, const std::string& ca_file,
               const NodeLimits& limits);

    NodeSource& current() { return *sources_[turn_]; }
    void next() { turn_ = (turn_ + 1) % sources_.size(); }

    // The whole block, retried briefly because a node may announce a block before its HTTP endpoint
    // has it. Nothing on failure, with the reason in last_fault().
    std::optional<NodeBlock> fetch_block(const eth::Hash& hash, evm::RunGuard& guard);
    // One POST to the current node as part of a run.
    std::optional<std::string> post(const std::string& body, evm::RunGuard& guard);
    BlockFault last_fault() const { return last_fault_; }

    // Sum over all nodes since the last call.
    NodeFigures new_figures();

  private:
    eth::ChainId chain_;
    std::vector<std::unique_ptr<NodeSource>> sources_;
    std::size_t turn_{};
    eth::TransactionJsonParser parser_;
    BlockFault last_fault_{};
    NodeFigures reported_;
};

} // namespace viz::state
