// Bytes of a checkpoint: LEB128 numbers, hashes as they are. The layout's version is the file's.
#pragma once

#include <optional>
#include <span>

#include "components/storage/checkpoint_file.hpp"

namespace viz::storage {

// What one row holds: the whole set (`removed` is empty) or what changed.
struct CheckpointBody {
    std::vector<bus::PendingSet::Member> put;
    std::vector<bus::PendingSet::Key> removed;
    std::vector<bus::PendingSet::Gone> gone; // always all of them
};

eth::Bytes encode_body(const CheckpointBody& body);
std::optional<CheckpointBody> decode_body(std::span<const std::uint8_t> bytes);

eth::Bytes encode_points(const std::vector<bus::PendingPoint>& points);
std::optional<std::vector<bus::PendingPoint>> decode_points(std::span<const std::uint8_t> bytes);

} // namespace viz::storage
