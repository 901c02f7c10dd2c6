#include "components/search/amm/pool_address.hpp"

#include <algorithm>

#include "components/eth/hex.hpp"
#include "components/eth/keccak.hpp"
#include "components/evm/machine.hpp"

namespace viz::search::amm {

namespace {

PoolFactory factory(std::string_view creator, std::string_view hash) {
    return {*eth::address_from_hex(creator), *eth::hash_from_hex(hash)};
}

eth::Address create2(const PoolFactory& factory, eth::BytesView salt_of) {
    return evm::create2_address(factory.creator, eth::from_be(eth::keccak256(salt_of).bytes),
                                factory.init_code_hash);
}

} // namespace

std::pair<eth::Address, eth::Address> sorted_tokens(const eth::Address& a, const eth::Address& b) {
    return a < b ? std::pair(a, b) : std::pair(b, a);
}

eth::Address v2_pair_address(const PoolFactory& factory, const eth::Address& a,
                             const eth::Address& b) {
    const auto [token0, token1] = sorted_tokens(a, b);
    std::array<std::uint8_t, 40> packed{};
    std::copy(token0.bytes.begin(), token0.bytes.end(), packed.begin());
    std::copy(token1.bytes.begin(), token1.bytes.end(), packed.begin() + 20);
    return create2(factory, packed);
}

eth::Address v3_pool_address(const PoolFactory& factory, const eth::Address& a,
                             const eth::Address& b, std::uint32_t fee_pips) {
    const auto [token0, token1] = sorted_tokens(a, b);
    std::array<std::uint8_t, 96> words{};
    std::copy(token0.bytes.begin(), token0.bytes.end(), words.begin() + 12);
    std::copy(token1.bytes.begin(), token1.bytes.end(), words.begin() + 44);
    for (std::size_t i = 0; i < 4; ++i)
        words[95 - i] = static_cast<std::uint8_t>(fee_pips >> (8 * i));
    return create2(factory, words);
}

PoolFactory uniswap_v2_mainnet() {
    return factory("0x5c69bee701ef814a2b6a3edd4b1652cb9cc5aa6f",
                   "0x96e8ac4277198ff8b6f785478aa9a39f403cb768dd02cbee326c3e7da348845f");
}

PoolFactory uniswap_v3_mainnet() {
    return factory("0x1f98431c8ad98523631ae4a59f267346ea31f984",
                   "0xe34f199b19b2b4f47f68442619d555527d244f78a3297ea89325f843f87b8b54");
}

} // namespace viz::search::amm
