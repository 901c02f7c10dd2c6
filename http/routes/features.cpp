#include "http/render.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

Response get_features(Call& call) {
    const auto counts = call.sources.model.read(
        [](const ReadModel::State& state) { return state.features.counts(); });
    Response response;
    JsonOut json(response.body);
    append_feature_counts(json, counts);
    return response;
}

Response get_recent_features(Call& call) {
    return listed(call, 100, 5000, append_features);
}

} // namespace viz::http
