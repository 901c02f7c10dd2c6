#include "http/render.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

Response get_chain_statuses(Call& call) {
    Response response;
    JsonOut json(response.body);
    append_chain_statuses(json, call.sources.model, call.sources.clock.unix_ms());
    return response;
}

Response get_chain_status(Call& call) {
    const auto chains = call.sources.model.chains();
    const auto status = chains->best(call.parameter);
    if (!status) return error_response(404, "no such chain");
    Response response;
    JsonOut json(response.body);
    append_chain_status(json, *status, chains->head(status->chain_id),
                        call.sources.clock.unix_ms());
    return response;
}

} // namespace viz::http
