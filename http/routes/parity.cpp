#include "http/render_opportunities.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

Response get_parity(Call& call) {
    Response response;
    JsonOut json(response.body);
    append_parity(json, *call.sources.model.parity());
    return response;
}

} // namespace viz::http
