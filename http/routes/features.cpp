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
    const auto limit = static_cast<std::size_t>(call.query.number("limit", 100, 1, 5000));
    const auto chain = call.query.chain_id();
    if (auto bad = malformed(call)) return *bad;
    Response response;
    JsonOut json(response.body);
    append_features(json, call.sources.model, limit, chain);
    return response;
}

} // namespace viz::http
