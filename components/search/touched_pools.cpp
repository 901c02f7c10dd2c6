#include "components/search/touched_pools.hpp"

#include <algorithm>

#include "components/search/amm/pool_storage.hpp"

namespace viz::search {

namespace {

bool moved(const evm::TransactionResult& result, const evm::PoolSwap& swap) {
    const U256 key(swap.kind == evm::PoolKind::v2 ? amm::kV2ReservesSlot : amm::kV3PriceSlot);
    return std::any_of(result.slots.begin(), result.slots.end(), [&](const evm::SlotAccess& slot) {
        return slot.address == swap.pool && slot.key == key && slot.before != slot.after;
    });
}

} // namespace

std::vector<TouchedPool> touched_pools(const evm::TransactionResult& result, PoolView& view,
                                       evm::Machine& machine) {
    std::vector<TouchedPool> touched;
    for (const auto& swap : evm::pool_swaps(result.logs)) {
        if (touched.size() == kMostTouchedPools || machine.interrupted()) break;
        const auto known = std::find_if(touched.begin(), touched.end(),
                                        [&](const auto& t) { return t.pool.address == swap.pool; });
        if (known != touched.end()) {
            ++known->swaps;
            continue;
        }
        if (!moved(result, swap)) continue;
        if (const auto* pool = view.pool(machine, swap.kind, swap.pool))
            touched.push_back({*pool, swap.zero_for_one, swap.amount_in, swap.amount_out, 1});
    }
    return touched;
}

} // namespace viz::search
