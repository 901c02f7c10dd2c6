#include "components/storage/event_chain.hpp"

#include <algorithm>
#include <cstring>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace viz::storage {

namespace {

using Digest = std::array<std::uint8_t, 16>;

void put(std::uint8_t* to, std::uint64_t value) {
    for (int i = 0; i < 8; ++i) to[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

Digest digest_of_row(const EventRow& row) {
    const std::array values{row.seq_id,
                            row.ts_unix_ms,
                            row.mono_ns,
                            row.chain_id,
                            row.source,
                            row.type,
                            std::int64_t(row.payload.size())};
    std::array<std::uint8_t, values.size() * 8> head{};
    for (std::size_t i = 0; i < values.size(); ++i)
        put(head.data() + i * 8, static_cast<std::uint64_t>(values[i]));
    // The head's hash seeds that of the payload: no copy of the payload, no streaming state.
    const auto seed = XXH3_128bits(head.data(), head.size());
    const auto body = XXH3_128bits_withSeed(row.payload.data(), row.payload.size(), seed.low64);
    Digest digest{};
    put(digest.data(), body.low64 ^ seed.high64);
    put(digest.data() + 8, body.high64);
    return digest;
}

template <class A, class B> std::uint64_t joined(const A& first, const B& second) {
    std::array<std::uint8_t, std::tuple_size_v<A> + std::tuple_size_v<B>> bytes{};
    std::ranges::copy(second, std::ranges::copy(first, bytes.begin()).out);
    return XXH3_64bits(bytes.data(), bytes.size());
}

ChainLink next_link(const ChainLink& before, const Digest& digest) {
    ChainLink link{};
    put(link.data(), joined(before, digest));
    return link;
}

} // namespace

EventChecksum checksum_of(const ChainLink& before, const EventRow& row) {
    const auto digest = digest_of_row(row);
    const auto link = next_link(before, digest);
    EventChecksum checksum{};
    std::ranges::copy(link, checksum.begin());
    put(checksum.data() + 8, joined(digest, link));
    return checksum;
}

ChainLink link_of(std::span<const std::uint8_t, 16> checksum) {
    ChainLink link{};
    std::ranges::copy(checksum.first<8>(), link.begin());
    return link;
}

bool verifies(const EventRow& row, std::span<const std::uint8_t> checksum) {
    if (checksum.size() != 16) return false;
    ChainLink check{};
    put(check.data(), joined(digest_of_row(row), link_of(checksum.first<16>())));
    return std::ranges::equal(check, checksum.subspan(8));
}

bool follows(const ChainLink& before, const EventRow& row, const ChainLink& link) {
    return next_link(before, digest_of_row(row)) == link;
}

std::uint64_t digest_of(std::span<const std::uint8_t> bytes, std::uint64_t seed) {
    return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

} // namespace viz::storage
