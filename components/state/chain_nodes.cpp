#include "components/state/chain_nodes.hpp"

#include <chrono>
#include <thread>

namespace viz::state {

namespace {
constexpr int kBlockTries = 4;
constexpr std::chrono::milliseconds kBlockRetry{50};
} // namespace

ChainNodes::ChainNodes(eth::ChainId chain, const std::vector<node::Url>& urls,
                       const std::string& ca_file, const NodeLimits& limits)
    : chain_(chain) {
    for (const auto& url : urls)
        sources_.push_back(std::make_unique<NodeSource>(url, ca_file, limits));
}

std::optional<NodeBlock> ChainNodes::fetch_block(const eth::Hash& hash,
                                                 const std::stop_token& stop) {
    for (int i = 0; i < kBlockTries && !stop.stop_requested(); ++i) {
        if (i != 0) std::this_thread::sleep_for(kBlockRetry);
        const auto reply = current().post(block_request(hash));
        auto block =
            reply ? parse_block_reply(*reply, hash, chain_, parser_) : Failure{BlockFault::refused};
        if (block) return std::move(*block);
        last_fault_ = block.error();
        if (!reply) next();
    }
    return std::nullopt;
}

NodeFigures ChainNodes::new_figures() {
    NodeFigures all;
    for (const auto& source : sources_) all += source->figures();
    const auto fresh = all - told_;
    told_ = all;
    return fresh;
}

} // namespace viz::state
