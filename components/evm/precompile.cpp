#include "components/evm/precompile.hpp"

#include <algorithm>
#include <array>

#include "components/evm/precompiles/contracts.hpp"
#include "components/evm/rules.hpp"

namespace viz::evm {

namespace {

struct Entry {
    Fork since;
    Precompile contract;
};

// 0x01 and up, in order.
constexpr std::array kLow = {
    Entry{Fork::paris, {precompiles::ecrecover_gas, precompiles::ecrecover_run}},
    Entry{Fork::paris, {precompiles::sha256_gas, precompiles::sha256_run}},
    Entry{Fork::paris, {precompiles::ripemd160_gas, precompiles::ripemd160_run}},
    Entry{Fork::paris, {precompiles::identity_gas, precompiles::identity_run}},
    Entry{Fork::paris,
          {precompiles::modexp_gas, precompiles::modexp_run, precompiles::modexp_run_guarded}},
    Entry{Fork::paris, {precompiles::bn254_add_gas, precompiles::bn254_add_run}},
    Entry{Fork::paris, {precompiles::bn254_mul_gas, precompiles::bn254_mul_run}},
    Entry{Fork::paris,
          {precompiles::bn254_pairing_gas, precompiles::bn254_pairing_run,
           precompiles::bn254_pairing_run_guarded}},
    Entry{Fork::paris,
          {precompiles::blake2f_gas, precompiles::blake2f_run, precompiles::blake2f_run_guarded}},
    Entry{Fork::cancun, {precompiles::point_evaluation_gas, precompiles::point_evaluation_run}},
    Entry{Fork::prague, {precompiles::bls12_g1_add_gas, precompiles::bls12_g1_add_run}},
    Entry{Fork::prague, {precompiles::bls12_g1_msm_gas, precompiles::bls12_g1_msm_run}},
    Entry{Fork::prague, {precompiles::bls12_g2_add_gas, precompiles::bls12_g2_add_run}},
    Entry{Fork::prague, {precompiles::bls12_g2_msm_gas, precompiles::bls12_g2_msm_run}},
    Entry{Fork::prague,
          {precompiles::bls12_pairing_gas, precompiles::bls12_pairing_run,
           precompiles::bls12_pairing_run_guarded}},
    Entry{Fork::prague, {precompiles::bls12_map_fp_gas, precompiles::bls12_map_fp_run}},
    Entry{Fork::prague, {precompiles::bls12_map_fp2_gas, precompiles::bls12_map_fp2_run}},
};
constexpr Entry kP256Verify = {Fork::osaka,
                               {precompiles::p256verify_gas, precompiles::p256verify_run}};
constexpr Precompile kNotHere{nullptr, nullptr};

// Returns 0 when any of the other 18 bytes is set.
std::size_t low_number(const eth::Address& address) {
    const auto& bytes = address.bytes;
    for (std::size_t i = 0; i < 18; ++i)
        if (bytes[i] != 0) return 0;
    return static_cast<std::size_t>(bytes[18]) << 8 | bytes[19];
}

} // namespace

const Precompile* find_precompile(const eth::Address& address, Fork fork) {
    const auto number = low_number(address);
    const Entry* entry = nullptr;
    if (number >= 1 && number <= kLow.size()) entry = &kLow[number - 1];
    if (number == 0x100) entry = &kP256Verify;
    return entry != nullptr && fork >= entry->since ? &entry->contract : nullptr;
}

const Precompile* find_precompile(const eth::Address& address, const Rules& rules) {
    if (const auto* contract = find_precompile(address, rules.fork)) return contract;
    if (rules.chain_precompiles.empty()) return nullptr;
    const auto number = low_number(address);
    return number != 0 && std::ranges::count(rules.chain_precompiles, number) != 0 ? &kNotHere
                                                                                   : nullptr;
}

} // namespace viz::evm
