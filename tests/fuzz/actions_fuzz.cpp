// Calldata of any bytes decodes within the bounds, and to the same number of actions each time.
#include <cstdlib>

#include "components/features/actions.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace viz;
    static const auto registry = features::ProtocolRegistry::built_in();
    const features::Call call{.chain_id = eth::ChainId{1},
                              .from = {},
                              .to = eth::Address{{1}},
                              .value = 1000U,
                              .data = eth::BytesView(data, size)};
    const auto actions = features::decode_actions(call, registry);
    if (actions.size() > features::kMaxActions) std::abort();
    for (const auto& action : actions)
        if (const auto* swap = std::get_if<features::Swap>(&action))
            if (swap->path.size() > features::kMaxPath || swap->pools.size() > features::kMaxPath)
                std::abort();
    if (features::decode_actions(call, registry).size() != actions.size()) std::abort();
    return 0;
}
