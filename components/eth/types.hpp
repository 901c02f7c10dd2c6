// The protocol's basic values as distinct types: the compiler rejects a block number in place of a
// chain id, or a hash in place of an address.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <span>
#include <vector>

#include "components/eth/u256.hpp"

namespace viz::eth {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;

// N bytes in wire order.
template <std::size_t N> struct FixedBytes {
    std::array<std::uint8_t, N> bytes{};

    friend auto operator<=>(const FixedBytes&, const FixedBytes&) = default;
    BytesView view() const { return bytes; }
    bool is_zero() const { return *this == FixedBytes{}; }
};

struct Hash : FixedBytes<32> {
    friend auto operator<=>(const Hash&, const Hash&) = default;
};
struct Address : FixedBytes<20> {
    friend auto operator<=>(const Address&, const Address&) = default;
};
// First four bytes of calldata: keccak256(signature)[0..4].
struct Selector : FixedBytes<4> {
    friend auto operator<=>(const Selector&, const Selector&) = default;
};

// A number with its own type. No implicit conversion in either direction.
template <class Tag, class Rep> struct Strong {
    Rep value{};

    constexpr Strong() = default;
    constexpr explicit Strong(Rep v) : value(v) {}
    friend constexpr auto operator<=>(const Strong&, const Strong&) = default;
};

using ChainId = Strong<struct ChainIdTag, std::uint64_t>;
using BlockNumber = Strong<struct BlockNumberTag, std::uint64_t>;
using Gas = Strong<struct GasTag, std::uint64_t>;
using Nonce = std::uint64_t;                           // EIP-2681: below 2^64 - 1
using UnixMs = Strong<struct UnixMsTag, std::int64_t>; // wall clock, milliseconds since 1970
using MonoNs = Strong<struct MonoNsTag, std::int64_t>; // monotonic clock since boot, nanoseconds
using Wei = U256;

} // namespace viz::eth

namespace std {

// Hashes and addresses are already uniformly distributed, so eight of their bytes serve as the
// hash. The last bytes are used because addresses can be mined to share a prefix.
template <> struct hash<viz::eth::Hash> {
    size_t operator()(const viz::eth::Hash& h) const noexcept {
        uint64_t v = 0;
        memcpy(&v, h.bytes.data() + 24, sizeof v);
        return v;
    }
};
template <> struct hash<viz::eth::Address> {
    size_t operator()(const viz::eth::Address& a) const noexcept {
        uint64_t v = 0;
        memcpy(&v, a.bytes.data() + 12, sizeof v);
        return v;
    }
};
template <class Tag, class Rep> struct hash<viz::eth::Strong<Tag, Rep>> {
    size_t operator()(const viz::eth::Strong<Tag, Rep>& s) const noexcept {
        return hash<Rep>{}(s.value);
    }
};

} // namespace std
