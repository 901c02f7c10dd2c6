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

std::optional<NodeBlock> ChainNodes::fetch_block(const eth::Hash& hash, evm::RunGuard& guard) {
    for (int i = 0; i < kBlockTries && !interrupted(&guard); ++i) {
        if (i != 0) std::this_thread::sleep_for(kBlockRetry);
        const auto reply = post(block_request(hash), guard);
        auto block =
            reply ? parse_block_reply(*reply, hash, chain_, parser_) : Failure{BlockFault::refused};
        if (block) return std::move(*block);
        last_fault_ = block.error();
        if (!reply) next();
    }
    return std::nullopt;
}

std::optional<std::string> ChainNodes::post(const std::string& body, evm::RunGuard& guard) {
    const Serving serving(current(), &guard);
    return current().post(body);
}

NodeFigures ChainNodes::new_figures() {
    NodeFigures all;
    for (const auto& source : sources_) all += source->figures();
    const auto fresh = all - reported_;
    reported_ = all;
    return fresh;
}

} // namespace viz::state
