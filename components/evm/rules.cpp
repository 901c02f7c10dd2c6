#include "components/evm/rules.hpp"

#include <array>

#include "components/eth/u256_math.hpp"

namespace viz::evm {

namespace {

constexpr std::uint64_t kBlobBaseCost = 1ULL << 13; // EIP-7918

constexpr Rules kParis{.fork = Fork::paris, .validity = eth::Fork::paris, .warm_coinbase = false};

constexpr Rules kShanghai = [] {
    Rules r = kParis;
    r.fork = Fork::shanghai;
    r.validity = eth::Fork::shanghai;
    r.gas.initcode_word = 2;
    r.max_initcode_size = 49152;
    r.warm_coinbase = true;
    return r;
}();

constexpr Rules kCancun = [] {
    Rules r = kShanghai;
    r.fork = Fork::cancun;
    r.validity = eth::Fork::cancun;
    r.blob = {3, 6, 3338477, 6};
    r.selfdestruct_only_new = true;
    r.beacon_root_contract = true;
    return r;
}();

constexpr Rules kPrague = [] {
    Rules r = kCancun;
    r.fork = Fork::prague;
    r.validity = eth::Fork::prague;
    r.blob = {6, 9, 5007716, 9};
    r.history_contract = true;
    r.request_contracts = true;
    return r;
}();

constexpr Rules kOsaka = [] {
    Rules r = kPrague;
    r.fork = Fork::osaka;
    r.validity = eth::Fork::osaka;
    r.blob.max_per_transaction = 6;
    r.blob_fee_floor = true;
    return r;
}();

constexpr Rules with_blobs(Rules r, std::uint64_t target, std::uint64_t max,
                           std::uint64_t fraction) {
    r.blob.target = target;
    r.blob.max = max;
    r.blob.update_fraction = fraction;
    return r;
}
constexpr Rules kBpo1 = with_blobs(kOsaka, 10, 15, 8346193);
constexpr Rules kBpo2 = with_blobs(kOsaka, 14, 21, 11684671);

// Arbitrum documentation, "Precompiles reference": ArbSys and the other system contracts,
// NodeInterface, ArbDebug.
constexpr std::array<std::uint16_t, 18> kArbitrumPrecompiles{0x64, 0x65, 0x66, 0x67, 0x68, 0x69,
                                                             0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70,
                                                             0x71, 0x72, 0x73, 0xc8, 0xc9, 0xff};
constexpr Rules kArbitrum = [] {
    Rules r = kOsaka;
    r.chain_precompiles = kArbitrumPrecompiles;
    return r;
}();

struct Activation {
    std::uint64_t chain;
    std::uint64_t time_s;
    const Rules* rules;
};

// Per chain, oldest first.
constexpr std::array kActivations = {
    Activation{1, 0, &kParis},
    Activation{1, 1681338455, &kShanghai},
    Activation{1, 1710338135, &kCancun},
    Activation{1, 1746612311, &kPrague},
    Activation{1, 1764798551, &kOsaka},
    Activation{1, 1765290071, &kBpo1},
    Activation{1, 1767747671, &kBpo2},
    Activation{11155111, 0, &kParis}, // Sepolia
    Activation{11155111, 1677557088, &kShanghai},
    Activation{11155111, 1706655072, &kCancun},
    Activation{11155111, 1741159776, &kPrague},
    Activation{11155111, 1760427360, &kOsaka},
    Activation{11155111, 1761017184, &kBpo1},
    Activation{11155111, 1761607008, &kBpo2},
    Activation{560048, 0, &kCancun}, // Hoodi
    Activation{560048, 1742999832, &kPrague},
    Activation{560048, 1761677592, &kOsaka},
    Activation{560048, 1762365720, &kBpo1},
    Activation{560048, 1762955544, &kBpo2},
    Activation{42161, 0, &kArbitrum},
};

} // namespace

std::string_view to_string(Fork fork) {
    constexpr std::array<std::string_view, 5> kTexts{"paris", "shanghai", "cancun", "prague",
                                                     "osaka"};
    return kTexts.at(static_cast<std::size_t>(fork));
}

const Rules& rules_at(eth::ChainId chain, std::uint64_t block_time_s) {
    const Rules* found = nullptr;
    for (const auto& row : kActivations)
        if (row.chain == chain.value && row.time_s <= block_time_s) found = row.rules;
    return found != nullptr ? *found : kBpo2;
}

const Rules& rules_of(Fork fork) {
    switch (fork) {
    case Fork::paris:
        return kParis;
    case Fork::shanghai:
        return kShanghai;
    case Fork::cancun:
        return kCancun;
    case Fork::prague:
        return kPrague;
    case Fork::osaka:
        break;
    }
    return kOsaka;
}

eth::Wei blob_base_fee(std::uint64_t excess_blob_gas, const Rules& rules) {
    // fake_exponential of EIP-4844 with a minimum fee of one wei.
    const eth::U256 denominator(rules.blob.update_fraction);
    if (eth::is_zero(denominator)) return {};
    eth::U256 output;
    eth::U256 term = denominator;
    for (std::uint64_t i = 1; !eth::is_zero(term); ++i) {
        output = output + term;
        // A fee of 2^192 exceeds any balance; continuing would overflow.
        if (output.limbs[3] != 0) return eth::U256() - eth::U256(1);
        term = term * eth::U256(excess_blob_gas) / (denominator * eth::U256(i));
    }
    return output / denominator;
}

std::uint64_t next_excess_blob_gas(std::uint64_t parent_excess, std::uint64_t parent_blob_gas_used,
                                   const eth::Wei& parent_base_fee, const Rules& rules) {
    const auto target = rules.blob.target * kGasPerBlob;
    const auto sum = parent_excess + parent_blob_gas_used;
    if (sum < target) return 0;
    if (rules.blob_fee_floor && eth::U256(kBlobBaseCost) * parent_base_fee >
                                    eth::U256(kGasPerBlob) * blob_base_fee(parent_excess, rules))
        return parent_excess +
               parent_blob_gas_used * (rules.blob.max - rules.blob.target) / rules.blob.max;
    return sum - target;
}

} // namespace viz::evm
