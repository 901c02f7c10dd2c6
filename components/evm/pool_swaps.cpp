#include "components/evm/pool_swaps.hpp"

#include <string_view>

#include "components/eth/keccak.hpp"
#include "components/eth/u256_math.hpp"

namespace viz::evm {

namespace {

struct Topics {
    eth::Hash v2 = eth::keccak256_of("Swap(address,uint256,uint256,uint256,uint256,address)");
    eth::Hash v3 = eth::keccak256_of("Swap(address,address,int256,int256,uint160,uint128,int24)");
    eth::Hash pancake_v3 = eth::keccak256_of(
        "Swap(address,address,int256,int256,uint160,uint128,int24,uint128,uint128)");
};

// amount0In, amount1In, amount0Out, amount1Out. A flash swap may return part of its output token:
// the input token is the one with a positive net inflow.
bool read_v2(const Log& log, PoolSwap& swap) {
    if (log.data.size() != 128) return false;
    const auto in0 = eth::load_be(log.data.data());
    const auto in1 = eth::load_be(log.data.data() + 32);
    const auto out0 = eth::load_be(log.data.data() + 64);
    const auto out1 = eth::load_be(log.data.data() + 96);
    swap.kind = PoolKind::v2;
    swap.zero_for_one = in0 > out0;
    if (swap.zero_for_one == (in1 > out1)) return false;
    swap.amount_in = swap.zero_for_one ? in0 - out0 : in1 - out1;
    swap.amount_out = swap.zero_for_one ? out1 - in1 : out0 - in0;
    return true;
}

// amount0, amount1 as pool gains; sqrtPriceX96.
bool read_v3(const Log& log, PoolSwap& swap) {
    if (log.data.size() < 160) return false;
    const auto amount0 = eth::load_be(log.data.data());
    const auto amount1 = eth::load_be(log.data.data() + 32);
    swap.kind = PoolKind::v3;
    swap.zero_for_one = eth::is_negative(amount1) || !eth::is_negative(amount0);
    const auto& in = swap.zero_for_one ? amount0 : amount1;
    const auto& out = swap.zero_for_one ? amount1 : amount0;
    if (eth::is_negative(in) || (!eth::is_negative(out) && !eth::is_zero(out))) return false;
    swap.amount_in = in;
    swap.amount_out = eth::negate(out);
    swap.sqrt_price = eth::load_be(log.data.data() + 64);
    return true;
}

} // namespace

std::vector<PoolSwap> pool_swaps(std::span<const Log> logs) {
    static const Topics topics;
    std::vector<PoolSwap> swaps;
    for (std::size_t i = 0; i < logs.size(); ++i) {
        const auto& log = logs[i];
        if (log.topics.empty()) continue;
        PoolSwap swap{.pool = log.address, .log = i};
        const auto& kind = log.topics[0];
        const bool read = kind == topics.v2                                ? read_v2(log, swap)
                          : kind == topics.v3 || kind == topics.pancake_v3 ? read_v3(log, swap)
                                                                           : false;
        if (read) swaps.push_back(swap);
    }
    return swaps;
}

} // namespace viz::evm
