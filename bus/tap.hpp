// Read access to a live process: copies of any stream for clients that subscribe on an ipc socket,
// and a TapReport once per second. Senders copy only messages that a client subscribed to and never
// wait: copies that do not fit into the tap's queue are lost for the tap and counted
// (`bus_tap_drops_total`). A client that does not read loses messages, visible in the headers'
// sequence numbers; `bus_tap_lagged_total` counts how often that began. Other clients and
// components are not affected.
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

// Binds immediately and throws EndpointError on failure; only the owner can access the socket's
// file. Runs on its own thread. At most one per Bus.
std::unique_ptr<Component> make_tap(std::shared_ptr<detail::BusState> bus,
                                    const Endpoint& endpoint);

} // namespace viz::bus
