// Helpers shared by calls and creations. Private to components/evm.
#pragma once

#include "components/eth/u256_math.hpp"
#include "components/evm/machine.hpp"

namespace viz::evm {

inline std::int64_t all_but_64th(std::int64_t gas) {
    return gas - gas / 64; // EIP-150
}

inline eth::BytesView memory_view(const Frame& frame, const U256& offset, const U256& size) {
    if (eth::is_zero(size)) return {};
    return {frame.memory.data() + offset.low_u64(), static_cast<std::size_t>(size.low_u64())};
}

// The target of a call whose gas has been charged.
struct Machine::Target {
    CallKind kind{};
    eth::Address caller;
    eth::Address self; // account whose storage the call uses
    eth::Address code_address;
    U256 value;         // the CALLVALUE that the callee sees
    bool moves_value{}; // from caller to self
    eth::BytesView input;
    std::int64_t gas{};
    bool is_static{};
    AccountId code_id{}; // account whose code runs, EIP-7702 resolved
    bool delegated{};
    std::uint64_t output_offset{};
    std::uint64_t output_size{};
};

} // namespace viz::evm
