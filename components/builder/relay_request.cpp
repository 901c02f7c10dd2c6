#include "components/builder/relay_request.hpp"

#include <nlohmann/json.hpp>

#include "components/builder/relay_answer.hpp"
#include "components/eth/hex.hpp"
#include "components/evm/swapper.hpp"

namespace viz::builder {

namespace {

using nlohmann::json;

// Used in calls only: an account without a known private key.
constexpr bus::Address kSearcher{{{0x5e, 0xa2, 0xc4, 0xe2, 1}}};
constexpr bus::Address kSwapper{{{0x5e, 0xa2, 0xc4, 0xe2, 2}}};

json call_object(const OwnCall& call) {
    return {{"from", eth::to_hex(kSearcher.view())},
            {"to", eth::to_hex(kSwapper.view())},
            {"input", eth::to_hex(call.input)}};
}

json overrides() {
    return {{eth::to_hex(kSwapper.view()), {{"code", eth::to_hex(evm::swapper_code())}}}};
}

json call_bundle(const Bundle& bundle, OwnSteps own) {
    json txs = json::array();
    for (const auto& step : bundle.steps) {
        if (const auto* tx = std::get_if<SignedTransaction>(&step))
            txs.push_back(eth::to_hex(tx->raw));
        else if (own == OwnSteps::calls)
            txs.push_back(call_object(std::get<OwnCall>(step)));
    }
    json out{{"txs", std::move(txs)},
             {"blockNumber", eth::quantity_hex(bundle.target_block.value)},
             {"stateBlockNumber", eth::quantity_hex(bundle.target_block.value - 1)}};
    if (bundle.timestamp_s) out["timestamp"] = *bundle.timestamp_s;
    if (own == OwnSteps::calls && bundle.has_own_calls()) out["stateOverrides"] = overrides();
    return json::array({std::move(out)});
}

json sim_bundle(const Bundle& bundle, OwnSteps own) {
    json body = json::array();
    json refund = json::array();
    for (const auto& step : bundle.steps) {
        const auto* tx = std::get_if<SignedTransaction>(&step);
        if (tx == nullptr && own == OwnSteps::omit) continue;
        if (tx != nullptr && bundle.refund_percent != 0 && refund.empty())
            refund.push_back({{"bodyIdx", body.size()}, {"percent", bundle.refund_percent}});
        body.push_back({{"tx", tx != nullptr ? json(eth::to_hex(tx->raw))
                                             : call_object(std::get<OwnCall>(step))},
                        {"canRevert", tx != nullptr && tx->may_revert}});
    }
    json out{{"version", "v0.1"},
             {"inclusion",
              {{"block", eth::quantity_hex(bundle.target_block.value)},
               {"maxBlock", eth::quantity_hex(bundle.max_block.value)}}},
             {"body", std::move(body)},
             {"privacy", {{"hints", json::array()}}}}; // share nothing
    if (!refund.empty()) out["validity"] = {{"refund", std::move(refund)}};
    json state{{"parentBlock", eth::to_hex(bundle.parent_hash.view())}};
    if (bundle.timestamp_s) state["timestamp"] = *bundle.timestamp_s;
    if (own == OwnSteps::calls && bundle.has_own_calls()) state["stateOverrides"] = overrides();
    return json::array({std::move(out), std::move(state)});
}

} // namespace

std::string_view to_string(RelayMethod method) {
    return method == RelayMethod::mev_sim_bundle ? "mev_simBundle" : "eth_callBundle";
}

std::optional<RelayMethod> relay_method_from_string(std::string_view name) {
    for (const auto method : {RelayMethod::eth_call_bundle, RelayMethod::mev_sim_bundle})
        if (to_string(method) == name) return method;
    return std::nullopt;
}

std::string relay_request(const Bundle& bundle, RelayMethod method, OwnSteps own) {
    return json{{"jsonrpc", "2.0"},
                {"id", kRelayRequestId},
                {"method", to_string(method)},
                {"params", method == RelayMethod::mev_sim_bundle ? sim_bundle(bundle, own)
                                                                 : call_bundle(bundle, own)}}
        .dump();
}

} // namespace viz::builder
