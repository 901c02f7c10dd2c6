#include "components/builder/relay_answer.hpp"

#include <algorithm>

#include "components/eth/json_fields.hpp"
#include "components/eth/json_reader.hpp"

namespace viz::builder {

namespace {

using json::Json;
using json::member_not_null;

constexpr auto kNoReason = "no reason given";
// Answers hold the results of a bundle's transactions, some with traces.
constexpr eth::JsonLimits kLimits{.bytes = 8u << 20, .depth = 64, .values = 500'000};

std::string text_of(const Json& value) {
    std::string_view words;
    auto text = value.get_string().get(words) == simdjson::SUCCESS
                    ? std::string(words.substr(0, RelayAnswer::kMostReason))
                    : simdjson::minify(value);
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

RelayAnswer of_error(const Json& error) {
    if (!error.is_object()) return rejected(text_of(error));
    const auto code = member_not_null(error, "code");
    const auto message = member_not_null(error, "message");
    return rejected((code ? text_of(*code) + ": " : "") +
                    (message ? text_of(*message) : kNoReason));
}

// The result of mev_simBundle.
RelayAnswer of_success(const Json& result, const Json& success) {
    bool ran = false;
    if (success.get_bool().get(ran) != simdjson::SUCCESS)
        return malformed("success is not a boolean");
    if (ran) return {Verdict::accepted, {}};
    for (const auto name : {"error", "execError", "revert"})
        if (const auto why = member_not_null(result, name)) return rejected(text_of(*why));
    return rejected(kNoReason);
}

// The results of eth_callBundle.
RelayAnswer of_results(const Json& results, const std::vector<std::string>& may_revert) {
    simdjson::dom::array list;
    if (results.get_array().get(list) != simdjson::SUCCESS)
        return malformed("results is not an array");
    for (const auto one : list) {
        if (!one.is_object()) return malformed("a result is not an object");
        auto why = member_not_null(one, "error");
        if (!why) why = member_not_null(one, "revert");
        if (!why) continue;
        const auto hash = member_not_null(one, "txHash");
        const auto name = hash ? text_of(*hash) : std::string("a transaction");
        if (std::ranges::find(may_revert, name) != may_revert.end()) continue;
        return rejected(name + ": " + text_of(*why));
    }
    return {Verdict::accepted, {}};
}

} // namespace

RelayAnswer parse_relay_answer(std::string_view body, const std::vector<std::string>& may_revert) {
    const auto document = eth::JsonDocument::read(body, kLimits);
    if (!document && document.error() != eth::JsonFault::not_json)
        return malformed("the reply is " + std::string(to_string(document.error())));
    if (!document || !document->root().is_object()) return malformed("not a JSON object");
    const auto& reply = document->root();
    if (const auto error = member_not_null(reply, "error")) return of_error(*error);
    const auto id = member_not_null(reply, "id");
    std::uint64_t number = 0;
    if (!id || id->get_uint64().get(number) != simdjson::SUCCESS || number != kRelayRequestId)
        return malformed("id of another request");
    const auto result = member_not_null(reply, "result");
    if (!result || !result->is_object()) return malformed("missing result");
    if (const auto success = member_not_null(*result, "success"))
        return of_success(*result, *success);
    if (const auto results = member_not_null(*result, "results"))
        return of_results(*results, may_revert);
    return malformed("neither results nor success");
}

} // namespace viz::builder
