#include "components/search/amm/pool_storage.hpp"

#include <algorithm>

#include "components/eth/keccak.hpp"

namespace viz::search::amm {

namespace {

constexpr std::uint64_t kTicksSlot = 5;
constexpr std::uint64_t kBitmapSlot = 6;

// Solidity: a mapping's value is at keccak256(key . slot), signed keys sign-extended.
U256 mapping_slot(std::int32_t key, std::uint64_t slot) {
    const U256 magnitude(static_cast<std::uint64_t>(key < 0 ? -std::int64_t{key} : key));
    std::array<std::uint8_t, 64> bytes{};
    eth::store_be(bytes.data(), key < 0 ? eth::negate(magnitude) : magnitude);
    eth::store_be(bytes.data() + 32, U256(slot));
    return eth::from_be(eth::keccak256(bytes).bytes);
}

} // namespace

V2Reserves v2_reserves(const U256& word) {
    return {word & max_of_bits(112), (word >> 112) & max_of_bits(112),
            static_cast<std::uint32_t>((word >> 224).low_u64())};
}

V3State v3_state(const U256& price_word, const U256& liquidity_word) {
    const auto tick = static_cast<std::uint32_t>((price_word >> 160).low_u64() & 0xffffff);
    V3State state;
    state.sqrt_price = price_word & max_of_bits(160);
    state.tick = static_cast<std::int32_t>(tick << 8) >> 8;
    state.liquidity = low_u128(liquidity_word);
    return state;
}

std::int16_t v3_bitmap_position(std::int32_t tick, std::int32_t spacing) {
    const auto compressed = tick / spacing - (tick % spacing != 0 && tick < 0 ? 1 : 0);
    return static_cast<std::int16_t>(compressed >> 8);
}

U256 v3_bitmap_slot(std::int16_t position) {
    return mapping_slot(position, kBitmapSlot);
}

std::vector<std::int32_t> v3_ticks_in(const U256& word, std::int16_t position,
                                      std::int32_t spacing) {
    std::vector<std::int32_t> ticks;
    for (std::int32_t bit = 0; bit < 256; ++bit) {
        const auto limb = word.limbs[static_cast<std::size_t>(bit / 64)];
        if ((limb >> (bit % 64) & 1) != 0) ticks.push_back((position * 256 + bit) * spacing);
    }
    return ticks;
}

U256 v3_tick_slot(std::int32_t tick) {
    return mapping_slot(tick, kTicksSlot);
}

V3Tick v3_tick(std::int32_t index, const U256& word) {
    return {index, static_cast<Int128>(low_u128(word >> 128))};
}

} // namespace viz::search::amm
