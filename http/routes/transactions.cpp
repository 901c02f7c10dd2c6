#include "components/eth/hex.hpp"
#include "http/render.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

Response get_transactions(Call& call) {
    const auto limit = static_cast<std::size_t>(call.query.number("limit", 25, 1, 200));
    const auto chain = call.query.chain_id();
    if (auto bad = malformed(call)) return *bad;
    Response response;
    JsonOut json(response.body);
    append_transaction_rows(json, call.sources.model, limit, chain);
    return response;
}

Response get_all_transactions(Call& call) {
    const auto limit = static_cast<std::size_t>(call.query.number("limit", 1000, 1, 5000));
    const auto chain = call.query.chain_id();
    if (auto bad = malformed(call)) return *bad;
    Response response;
    JsonOut json(response.body);
    json.begin_array();
    call.sources.model.read([&](const ReadModel::State& state) {
        state.transactions.newest_first(chain, [&, n = std::size_t{0}](const auto& record) mutable {
            append_transaction_detail(json, record);
            return ++n < limit;
        });
    });
    json.end_array();
    return response;
}

Response get_transaction(Call& call) {
    const auto hash = eth::hash_from_hex(call.parameter);
    if (!hash) return error_response(400, "a transaction hash is 0x and 64 hex digits");
    auto record = call.sources.model.read([&](const ReadModel::State& state) {
        const auto* found = state.transactions.find(*hash);
        return found == nullptr ? std::optional<TransactionRecord>() : *found;
    });
    // A record without a body may be the late echo of one the window has forgotten.
    if (!record || !record->decoded) {
        auto recorded = call.sources.history.transaction(*hash);
        if (recorded && (!record || recorded->decoded)) record = std::move(recorded);
    }
    if (!record) return error_response(404, "no such transaction");
    Response response;
    JsonOut json(response.body);
    append_transaction_detail(json, *record);
    return response;
}

} // namespace viz::http
