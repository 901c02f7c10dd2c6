#include "components/eth/hex.hpp"
#include "http/render_opportunities.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

Response get_exposure(Call& call) {
    const auto hash = eth::hash_from_hex(call.parameter);
    if (!hash) return error_response(400, "a transaction hash is 0x and 64 hex digits");
    auto record = call.sources.model.exposure(*hash);
    if (!record) record = call.sources.history.exposure(*hash);
    if (!record) return error_response(404, "no exposure is known for this transaction");
    Response response;
    JsonOut json(response.body);
    append_exposure(json, *record);
    return response;
}

} // namespace viz::http
