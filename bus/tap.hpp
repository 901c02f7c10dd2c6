// The way into a live process: copies of any stream for whoever subscribes on an ipc socket, and
// once a second a TapReport. Senders copy only what somebody subscribed to and never wait: what
// does not fit into the tap's queue is lost for the tap and counted (`bus_tap_drops_total`). A
// client that does not read loses messages, which it sees in the headers' sequence numbers, and
// `bus_tap_lagged_total` counts how often that began. Others lose nothing by it.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "bus/component.hpp"
#include "bus/endpoint.hpp"

namespace viz::bus {

namespace detail {
struct BusState;
}

// Bit n is set when a message of stream n may match one of the topic prefixes.
std::uint32_t tapped_streams(const std::multiset<std::string>& prefixes);

// Binds at once and throws EndpointError where it cannot; the socket's file is for its owner only.
// Runs on a thread of its own. At most one a Bus.
std::unique_ptr<Component> make_tap(std::shared_ptr<detail::BusState> bus,
                                    const Endpoint& endpoint);

} // namespace viz::bus
