// Computes a pool's address: EIP-1014 with the salts of the Uniswap factories. Forks differ only in
// factory and init code hash.
#pragma once

#include <utility>

#include "components/eth/types.hpp"

namespace viz::search::amm {

// The contract that creates the pools (V3 forks may have a deployer besides their factory), and
// keccak256 of the pool's creation code.
struct PoolFactory {
    eth::Address creator;
    eth::Hash init_code_hash;
    friend bool operator==(const PoolFactory&, const PoolFactory&) = default;
};

// token0 and token1 of a pool of these two.
std::pair<eth::Address, eth::Address> sorted_tokens(const eth::Address& a, const eth::Address& b);

// salt = keccak256(token0 . token1), packed
eth::Address v2_pair_address(const PoolFactory& factory, const eth::Address& a,
                             const eth::Address& b);
// salt = keccak256(abi.encode(token0, token1, fee)); fee in millionths.
eth::Address v3_pool_address(const PoolFactory& factory, const eth::Address& a,
                             const eth::Address& b, std::uint32_t fee_pips);

// Ethereum mainnet, from Uniswap's deployment documentation.
PoolFactory uniswap_v2_mainnet();
PoolFactory uniswap_v3_mainnet();

} // namespace viz::search::amm
