// A bundle as the JSON-RPC requests by which relays try one without sending it on. There is no
// other request: nothing here can be included by anybody.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "components/builder/bundle.hpp"

namespace viz::builder {

enum class RelayMethod : std::uint8_t {
    eth_call_bundle,
    mev_sim_bundle, // version v0.1 of MEV-Share's bundles
};
std::string_view to_string(RelayMethod method); // as JSON-RPC names it
std::optional<RelayMethod> relay_method_from_string(std::string_view name);

enum class OwnSteps : std::uint8_t {
    // Relays take signed transactions alone, and what we would do is not theirs to know: the
    // pending transactions are tried, in their order.
    omit,
    // For a simulator of one's own: an object {from, to, input} stands where a relay has a
    // transaction, and the contract's code comes as a state override. Funds are the simulator's
    // business.
    calls,
};

std::string relay_request(const Bundle& bundle, RelayMethod method, OwnSteps own);

} // namespace viz::builder
