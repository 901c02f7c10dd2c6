#include "components/evm/next_block.hpp"

#include <algorithm>

#include "components/eth/u256_math.hpp"
#include "components/evm/rules.hpp"

namespace viz::evm {

namespace {
constexpr std::uint64_t kElasticity = 2;
constexpr std::uint64_t kChangeDenominator = 8;
} // namespace

eth::Wei next_base_fee(const eth::Wei& parent_base_fee, std::uint64_t parent_gas_used,
                       std::uint64_t parent_gas_limit) {
    const auto target = parent_gas_limit / kElasticity;
    if (target == 0 || parent_gas_used == target || parent_base_fee == eth::Wei{})
        return parent_base_fee;
    const auto change_for = [&](std::uint64_t gas) {
        return parent_base_fee * eth::Wei{gas} / eth::Wei{target} / eth::Wei{kChangeDenominator};
    };
    if (parent_gas_used > target)
        return parent_base_fee + std::max(change_for(parent_gas_used - target), eth::Wei{1});
    return parent_base_fee - change_for(target - parent_gas_used);
}

BlockEnvironment next_environment(const BlockEnvironment& parent, std::uint64_t gas_used,
                                  std::uint64_t blob_gas_used, std::uint64_t slot_s) {
    auto next = parent;
    ++next.number;
    next.timestamp += slot_s;
    next.base_fee = next_base_fee(parent.base_fee, gas_used, parent.gas_limit);
    next.excess_blob_gas =
        next_excess_blob_gas(parent.excess_blob_gas, blob_gas_used, parent.base_fee,
                             rules_at(parent.chain_id, next.timestamp));
    return next;
}

} // namespace viz::evm
