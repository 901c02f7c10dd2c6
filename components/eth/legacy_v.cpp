#include "components/eth/legacy_v.hpp"

namespace viz::eth {

namespace {
constexpr std::uint64_t kBase = 27;
constexpr std::uint64_t kChainBase = 35; // EIP-155
} // namespace

Result<LegacyV, DecodeError> read_legacy_v(const U256& v) {
    if (v == U256(kBase) || v == U256(kBase + 1))
        return LegacyV{.chain_id = {}, .y_parity = static_cast<std::uint8_t>(v.low_u64() - kBase)};
    // 35 and 36 would mean chain 0, which elsewhere means "any chain".
    if (v < U256(kChainBase + 2)) return Failure{DecodeError::bad_y_parity};
    const auto [chain, y_parity] = div_u64(v - U256(kChainBase), 2);
    if (!chain.fits_u64()) return Failure{DecodeError::field_out_of_range};
    return LegacyV{.chain_id = ChainId{chain.low_u64()},
                   .y_parity = static_cast<std::uint8_t>(y_parity)};
}

U256 legacy_v_of(std::optional<ChainId> chain_id, std::uint8_t y_parity) {
    const U256 base = chain_id ? U256(chain_id->value) * U256(2) + U256(kChainBase) : U256(kBase);
    return base + U256(y_parity);
}

} // namespace viz::eth
