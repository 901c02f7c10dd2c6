#include "http/render.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

Response get_propagation(Call& call) {
    const auto edges = call.sources.model.propagation().edges();
    Response response;
    JsonOut json(response.body);
    append_edges(json, edges);
    return response;
}

} // namespace viz::http
