#include "components/eth/hex.hpp"
#include "http/render.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

Response get_transactions(Call& call) {
    return listed(call, 25, 200, append_transaction_rows);
}

Response get_all_transactions(Call& call) {
    return listed(call, 1000, 5000, append_transaction_details);
}

Response get_transaction(Call& call) {
    const auto hash = eth::hash_from_hex(call.parameter);
    if (!hash) return error_response(400, "a transaction hash is 0x and 64 hex digits");
    auto record = call.sources.model.transaction(*hash);
    // A record without a body may belong to a transaction evicted from the window.
    if (!record || !record->decoded) {
        auto recorded = call.sources.history.transaction(*hash);
        if (recorded && (!record || recorded->decoded))
            record = std::make_shared<const TransactionRecord>(std::move(*recorded));
    }
    if (!record) return error_response(404, "no such transaction");
    Response response;
    JsonOut json(response.body);
    append_transaction_detail(json, *record);
    return response;
}

} // namespace viz::http
