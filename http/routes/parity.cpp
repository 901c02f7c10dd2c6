#include "http/render_opportunities.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

Response get_parity(Call& call) {
    Response response;
    JsonOut json(response.body);
    call.sources.model.read(
        [&](const ReadModel::State& state) { append_parity(json, state.parity); });
    return response;
}

} // namespace viz::http
