#include "http/render.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

namespace {

FeatureFilter filter_of(Query& query) {
    const auto text = [&](const char* name) {
        const auto value = query.text(name);
        return value ? std::optional<std::string>(*value) : std::nullopt;
    };
    return {.chain = query.chain_id(), .protocol = text("protocol"), .category = text("category")};
}

} // namespace

Response get_features(Call& call) {
    const auto filter = filter_of(call.query);
    if (auto bad = malformed(call)) return *bad;
    const auto counts = call.sources.model.features().counts(filter);
    Response response;
    JsonOut json(response.body);
    append_feature_counts(json, counts);
    return response;
}

Response get_recent_features(Call& call) {
    const auto filter = filter_of(call.query);
    return listed(call, 100, 5000,
                  [&](JsonOut& json, const ReadModel& model, std::size_t limit, auto /*chain*/) {
                      append_features(json, model, limit, filter, true);
                  });
}

} // namespace viz::http
