// Encodes a bundle as the JSON-RPC requests that simulate it at a relay. No request for inclusion
// exists here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "components/builder/bundle.hpp"

namespace viz::builder {

enum class RelayMethod : std::uint8_t {
    eth_call_bundle,
    mev_sim_bundle, // version v0.1 of MEV-Share bundles
};
std::string_view to_string(RelayMethod method); // the JSON-RPC method name
std::optional<RelayMethod> relay_method_from_string(std::string_view name);

enum class OwnSteps : std::uint8_t {
    // Sends only the pending transactions, in order: relays accept only signed transactions, and
    // the searcher's own steps stay private.
    omit,
    // For your own simulator: an object {from, to, input} takes the place of a searcher
    // transaction, and a state override supplies the contract's code. The simulator must provide
    // the funds.
    calls,
};

std::string relay_request(const Bundle& bundle, RelayMethod method, OwnSteps own);

} // namespace viz::builder
