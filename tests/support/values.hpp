// Values that are alike but for a number: hash_of(7) is a hash nobody else uses in the test.
#pragma once

#include "bus/messages.hpp"

namespace viz::test {

inline eth::Hash hash_of(std::uint64_t n) {
    eth::Hash hash;
    for (std::size_t i = 0; i < 8; ++i) {
        const auto byte = static_cast<std::uint8_t>(n >> (8 * i));
        hash.bytes[i] = byte;
        hash.bytes[31 - i] = byte;
    }
    hash.bytes[15] = 0xaa;
    return hash;
}

inline eth::Address address_of(std::uint64_t n) {
    eth::Address address;
    for (std::size_t i = 0; i < 8; ++i)
        address.bytes[19 - i] = static_cast<std::uint8_t>(n >> (8 * i));
    address.bytes[0] = 0xbb;
    return address;
}

inline bus::Envelope seen(std::uint64_t n, std::uint64_t chain = 1) {
    return bus::Envelope{.ingest_ts_unix_ms = eth::UnixMs{1'700'000'000'000},
                         .ingest_ts_mono_ns = eth::MonoNs{1},
                         .source_id = "test",
                         .chain_id = eth::ChainId{chain},
                         .data = bus::TxSeen{.hash = hash_of(n)}};
}

} // namespace viz::test
