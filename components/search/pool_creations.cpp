#include "components/search/pool_creations.hpp"

#include <algorithm>
#include <string_view>

#include "components/eth/keccak.hpp"
#include "components/eth/u256_math.hpp"

namespace viz::search {

namespace {

struct Topics {
    eth::Hash v2 = eth::keccak256_of("PairCreated(address,address,address,uint256)");
    eth::Hash v3 = eth::keccak256_of("PoolCreated(address,address,uint24,int24,address)");
};

eth::Address address_in(const std::uint8_t* word) {
    eth::Address address;
    std::copy(word + 12, word + 32, address.bytes.begin());
    return address;
}

} // namespace

std::vector<PoolCreation> pool_creations(std::span<const evm::Log> logs) {
    static const Topics topics;
    std::vector<PoolCreation> all;
    for (const auto& log : logs) {
        if (log.topics.size() < 3 || log.data.size() != 64) continue;
        PoolCreation made;
        made.token0 = address_in(log.topics[1].bytes.data());
        made.token1 = address_in(log.topics[2].bytes.data());
        if (log.topics[0] == topics.v2 && log.topics.size() == 3) {
            made.kind = evm::PoolKind::v2;
            made.pool = address_in(log.data.data());
        } else if (log.topics[0] == topics.v3 && log.topics.size() == 4) {
            const auto fee = eth::load_be(log.topics[3].bytes.data());
            if (fee > eth::U256(1'000'000)) continue;
            made.kind = evm::PoolKind::v3;
            made.fee_pips = static_cast<std::uint32_t>(fee.low_u64());
            made.pool = address_in(log.data.data() + 32);
        } else {
            continue;
        }
        all.push_back(made);
    }
    return all;
}

} // namespace viz::search
