// Encoding of a checkpoint: LEB128 numbers and raw hashes. The file's version is the layout's
// version.
#pragma once

#include <optional>
#include <span>

#include "components/storage/checkpoint_file.hpp"

namespace viz::storage {

// The content of one row: the whole set (`removed` is empty) or the changes.
struct CheckpointBody {
    std::vector<bus::PendingSet::Member> put;
    std::vector<bus::PendingSet::Key> removed;
    std::vector<bus::PendingSet::Gone> gone; // always the complete list
};

eth::Bytes encode_body(const CheckpointBody& body);
std::optional<CheckpointBody> decode_body(std::span<const std::uint8_t> bytes);

eth::Bytes encode_points(const std::vector<bus::PendingPoint>& points);
std::optional<std::vector<bus::PendingPoint>> decode_points(std::span<const std::uint8_t> bytes);

} // namespace viz::storage
