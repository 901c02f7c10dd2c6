#include "bus/topology.hpp"

#include <string>

namespace viz::bus {

static_assert(
    [] {
        for (std::size_t i = 0; i < kStreamCount; ++i)
            if (static_cast<std::size_t>(kTopology[i].stream) != i) return false;
        return true;
    }(),
    "the rows must have the order of the enum");

std::optional<Stream> stream_from_string(std::string_view name) {
    for (const auto& spec : kTopology)
        if (spec.name == name) return spec.stream;
    return std::nullopt;
}

EndpointTable::EndpointTable() {
    for (const auto& spec : kTopology)
        set(spec.stream, Endpoint{"inproc://viz." + std::string(spec.name)});
}

} // namespace viz::bus
