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
    std::optional<bus::EndpointStatus> status;
    std::optional<bus::BlockRecord> head;
    call.sources.model.read([&](const ReadModel::State& state) {
        status = state.chains.best(call.parameter);
        if (status) head = state.chains.head(status->chain_id);
    });
    if (!status) return error_response(404, "no such chain");
    Response response;
    JsonOut json(response.body);
    append_chain_status(json, *status, head, call.sources.clock.unix_ms());
    return response;
}

} // namespace viz::http
