// A node's block and receipts: nothing in them may do more than be refused.
#include "components/sim/parity.hpp"
#include "components/state/node_block.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace viz;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    eth::TransactionJsonParser parser;
    const auto reply = state::parse_block_reply(text, {}, eth::ChainId(1), parser);
    if (reply && reply->ref.hash != eth::Hash{}) __builtin_trap();
    auto block = state::parse_block(text, eth::ChainId(1), parser);
    state::NodeBlock asked;
    if (block) {
        if (block->hashes.size() != block->transactions.size() ||
            block->senders.size() != block->transactions.size())
            __builtin_trap();
        asked = std::move(*block);
    }
    asked.hashes.push_back({});
    sim::RecentSimulations simulated;
    simulated.add({});
    evm::BlockResult executed;
    executed.results.resize(asked.hashes.size());
    const auto found =
        sim::parity_of(asked, state::AdvanceEnd::another_outcome, executed, simulated, text);
    if (found.size() > asked.hashes.size()) __builtin_trap();
    return 0;
}
