#include "components/search/amm/tick_math.hpp"

#include <bit>
#include <cassert>

namespace viz::search::amm {

namespace {

constexpr Uint128 wide(std::uint64_t high, std::uint64_t low) {
    return static_cast<Uint128>(high) << 64 | low;
}

// 2^128 * 1.0001^(-2^k / 2) to the nearest integer, k from 0.
constexpr std::array<Uint128, 20> kPowers{
    wide(0xfffcb933bd6fad37, 0xaa2d162d1a594001), wide(0xfff97272373d4132, 0x59a46990580e213a),
    wide(0xfff2e50f5f656932, 0xef12357cf3c7fdcc), wide(0xffe5caca7e10e4e6, 0x1c3624eaa0941cd0),
    wide(0xffcb9843d60f6159, 0xc9db58835c926644), wide(0xff973b41fa98c081, 0x472e6896dfb254c0),
    wide(0xff2ea16466c96a38, 0x43ec78b326b52861), wide(0xfe5dee046a99a2a8, 0x11c461f1969c3053),
    wide(0xfcbe86c7900a88ae, 0xdcffc83b479aa3a4), wide(0xf987a7253ac41317, 0x6f2b074cf7815e54),
    wide(0xf3392b0822b70005, 0x940c7a398e4b70f3), wide(0xe7159475a2c29b74, 0x43b29c7fa6e889d9),
    wide(0xd097f3bdfd2022b8, 0x845ad8f792aa5825), wide(0xa9f746462d870fdf, 0x8a65dc1f90e061e5),
    wide(0x70d869a156d2a1b8, 0x90bb3df62baf32f7), wide(0x31be135f97d08fd9, 0x81231505542fcfa6),
    wide(0x09aa508b5b7a84e1, 0xc677de54f3e99bc9), wide(0x005d6af8dedb8119, 0x6699c329225ee604),
    wide(0x00002216e584f5fa, 0x1ea926041bedfe98), wide(0x00000000048a1703, 0x91f7dc42444e8fa2),
};

// floor(a * b / 2^128)
Uint128 high_product(Uint128 a, Uint128 b) {
    const auto a0 = static_cast<std::uint64_t>(a);
    const auto a1 = static_cast<std::uint64_t>(a >> 64);
    const auto b0 = static_cast<std::uint64_t>(b);
    const auto b1 = static_cast<std::uint64_t>(b >> 64);
    const Uint128 low = static_cast<Uint128>(a0) * b0;
    const Uint128 left = static_cast<Uint128>(a1) * b0;
    const Uint128 right = static_cast<Uint128>(a0) * b1;
    const Uint128 middle =
        (low >> 64) + static_cast<std::uint64_t>(left) + static_cast<std::uint64_t>(right);
    return static_cast<Uint128>(a1) * b1 + (left >> 64) + (right >> 64) + (middle >> 64);
}

// log2(ratio / 2^96) in units of 2^-32, from 64 bits of the ratio: each squaring gives a bit.
std::int64_t log2_q32(const U256& ratio) {
    const auto top = 255 - static_cast<int>(eth::count_leading_zeros(ratio));
    const auto shifted = top >= 63 ? ratio >> static_cast<unsigned>(top - 63)
                                   : ratio << static_cast<unsigned>(63 - top);
    auto mantissa = shifted.low_u64();
    std::int64_t log = std::int64_t{top - 96} * (std::int64_t{1} << 32);
    for (int bit = 31; bit >= 0; --bit) {
        const Uint128 square = static_cast<Uint128>(mantissa) * mantissa;
        const bool doubled = square >> 127 != 0;
        mantissa = static_cast<std::uint64_t>(square >> (doubled ? 64 : 63));
        if (doubled) log += std::int64_t{1} << bit;
    }
    return log;
}

} // namespace

U256 min_sqrt_ratio() {
    return {4295128739};
}

U256 max_sqrt_ratio() {
    // 1461446703485210103287273052203988822378723970342
    U256 r;
    r.limbs = {0x5d951d5263988d26, 0xefd1fc6a50648849, 0xfffd8963, 0};
    return r;
}

U256 sqrt_ratio_at_tick(std::int32_t tick) {
    assert(tick >= kMinTick && tick <= kMaxTick);
    const auto distance = static_cast<std::uint32_t>(tick < 0 ? -tick : tick);
    // 1.0001^(-|tick|/2) as Q128.128; only 1 itself does not fit 128 bits.
    Uint128 power = 0;
    bool one = true;
    for (std::size_t k = 0; k < kPowers.size(); ++k) {
        if ((distance >> k & 1) == 0) continue;
        power = one ? kPowers[k] : high_product(power, kPowers[k]);
        one = false;
    }
    U256 ratio = one ? U256(1) << 128 : from_u128(power);
    if (tick > 0) ratio = ~U256() / ratio;
    const bool inexact = (ratio.limbs[0] & 0xffffffff) != 0;
    return (ratio >> 32) + U256(inexact ? 1 : 0);
}

std::int32_t tick_at_sqrt_ratio(const U256& ratio) {
    assert(ratio >= min_sqrt_ratio() && ratio < max_sqrt_ratio());
    // log_sqrt(1.0001)(2) = 13863.63..., as Q16.
    constexpr std::int64_t kTicksPerOctave = 908'567'298;
    const Int128 ticks = static_cast<Int128>(log2_q32(ratio)) * kTicksPerOctave;
    // Right within one tick; the ratios decide.
    auto tick = static_cast<std::int32_t>(ticks >> 48);
    if (tick < kMinTick) tick = kMinTick;
    if (tick > kMaxTick) tick = kMaxTick;
    while (sqrt_ratio_at_tick(tick) > ratio) --tick;
    while (tick < kMaxTick && sqrt_ratio_at_tick(tick + 1) <= ratio) ++tick;
    return tick;
}

} // namespace viz::search::amm
