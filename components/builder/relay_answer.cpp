#include "components/builder/relay_answer.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace viz::builder {

namespace {

using nlohmann::json;

constexpr auto kNoReason = "no reason given";

const json* member(const json& object, const char* name) {
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::string text_of(const json& value) {
    auto text = value.is_string() ? value.get<std::string>()
                                  : value.dump(-1, ' ', true, json::error_handler_t::replace);
    if (text.size() > RelayAnswer::kMostReason) text.resize(RelayAnswer::kMostReason);
    return text;
}

RelayAnswer rejected(std::string reason) {
    if (reason.empty()) reason = kNoReason;
    if (reason.size() > RelayAnswer::kMostReason) reason.resize(RelayAnswer::kMostReason);
    return {Verdict::rejected, std::move(reason)};
}

RelayAnswer malformed(std::string reason) {
    return {Verdict::malformed, std::move(reason)};
}

RelayAnswer of_error(const json& error) {
    if (!error.is_object()) return rejected(text_of(error));
    const auto* code = member(error, "code");
    const auto* message = member(error, "message");
    return rejected((code != nullptr ? text_of(*code) + ": " : "") +
                    (message != nullptr ? text_of(*message) : kNoReason));
}

// Of mev_simBundle.
RelayAnswer of_success(const json& result, const json& success) {
    if (!success.is_boolean()) return malformed("success is no boolean");
    if (success.get<bool>()) return {Verdict::accepted, {}};
    for (const auto* name : {"error", "execError", "revert"})
        if (const auto* why = member(result, name)) return rejected(text_of(*why));
    return rejected(kNoReason);
}

// Of eth_callBundle.
RelayAnswer of_results(const json& results, const std::vector<std::string>& may_revert) {
    if (!results.is_array()) return malformed("results are no list");
    for (const auto& one : results) {
        if (!one.is_object()) return malformed("a result is no object");
        const auto* why = member(one, "error");
        if (why == nullptr) why = member(one, "revert");
        if (why == nullptr) continue;
        const auto* hash = member(one, "txHash");
        const auto name = hash != nullptr ? text_of(*hash) : std::string("a transaction");
        if (std::ranges::find(may_revert, name) != may_revert.end()) continue;
        return rejected(name + ": " + text_of(*why));
    }
    return {Verdict::accepted, {}};
}

} // namespace

RelayAnswer parse_relay_answer(std::string_view body, const std::vector<std::string>& may_revert) {
    const auto reply = json::parse(body, nullptr, false);
    if (!reply.is_object()) return malformed("no JSON object");
    if (const auto* error = member(reply, "error")) return of_error(*error);
    const auto* id = member(reply, "id");
    if (id == nullptr || *id != kRelayRequestId) return malformed("another request's answer");
    const auto* result = member(reply, "result");
    if (result == nullptr || !result->is_object()) return malformed("no result");
    if (const auto* success = member(*result, "success")) return of_success(*result, *success);
    if (const auto* results = member(*result, "results")) return of_results(*results, may_revert);
    return malformed("neither results nor success");
}

} // namespace viz::builder
