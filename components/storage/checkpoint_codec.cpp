#include "components/storage/checkpoint_codec.hpp"

#include <algorithm>

namespace viz::storage {

namespace {

using Set = bus::PendingSet;

void put_number(eth::Bytes& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80));
    out.push_back(static_cast<std::uint8_t>(value));
}

void put_key(eth::Bytes& out, const Set::Key& key) {
    out.insert(out.end(), key.hash.bytes.begin(), key.hash.bytes.end());
    put_number(out, key.chain_id.value);
}

// After missing data `good` is false and all values are zero.
struct In {
    std::span<const std::uint8_t> bytes;
    bool good{true};

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (bytes.empty()) break;
            const auto byte = bytes.front();
            bytes = bytes.subspan(1);
            value |= std::uint64_t{byte & 0x7fU} << shift;
            if (byte < 0x80) return value;
        }
        good = false;
        return 0;
    }
    Set::Key key() {
        Set::Key key;
        if (bytes.size() < 32) {
            good = false;
            return key;
        }
        std::ranges::copy(bytes.first(32), key.hash.bytes.begin());
        bytes = bytes.subspan(32);
        key.chain_id = bus::ChainId{number()};
        return key;
    }
    // A count of items of at least `size` bytes each.
    std::size_t count(std::size_t size) {
        const auto n = number();
        if (n > bytes.size() / size) good = false;
        return good ? static_cast<std::size_t>(n) : 0;
    }
};

} // namespace

eth::Bytes encode_body(const CheckpointBody& body) {
    eth::Bytes out;
    out.reserve((body.put.size() + body.removed.size() + body.gone.size()) * 38 + 16);
    put_number(out, body.put.size());
    for (const auto& member : body.put) {
        put_key(out, member.key);
        out.push_back(member.awaits_body ? 1 : 0);
    }
    put_number(out, body.removed.size());
    for (const auto& key : body.removed) put_key(out, key);
    put_number(out, body.gone.size());
    for (const auto& left : body.gone) {
        put_key(out, left.key);
        put_number(out, left.seq_id);
    }
    return out;
}

std::optional<CheckpointBody> decode_body(std::span<const std::uint8_t> bytes) {
    In in{bytes};
    CheckpointBody body;
    body.put.resize(in.count(34));
    for (auto& member : body.put) {
        member.key = in.key();
        member.awaits_body = in.number() != 0;
    }
    body.removed.resize(in.count(33));
    for (auto& key : body.removed) key = in.key();
    body.gone.resize(in.count(34));
    for (auto& left : body.gone) {
        left.key = in.key();
        left.seq_id = in.number();
    }
    if (!in.good || !in.bytes.empty()) return std::nullopt;
    return body;
}

eth::Bytes encode_points(const std::vector<bus::PendingPoint>& points) {
    eth::Bytes out;
    put_number(out, points.size());
    for (const auto& point : points) {
        put_number(out, point.seq_hi);
        put_number(out, static_cast<std::uint64_t>(point.timestamp.value));
        put_number(out, point.pending_count);
    }
    return out;
}

std::optional<std::vector<bus::PendingPoint>> decode_points(std::span<const std::uint8_t> bytes) {
    In in{bytes};
    std::vector<bus::PendingPoint> points(in.count(3));
    for (auto& point : points) {
        point.seq_hi = in.number();
        point.timestamp = bus::UnixMs{static_cast<std::int64_t>(in.number())};
        point.pending_count = in.number();
    }
    if (!in.good || !in.bytes.empty()) return std::nullopt;
    return points;
}

} // namespace viz::storage
