#include "http/render.hpp"
#include "http/render_opportunities.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

Response get_dashboard_snapshot(Call& call) {
    auto& query = call.query;
    const auto tx_limit = static_cast<std::size_t>(query.number("tx_limit", 250, 1, 500));
    const auto feature_limit =
        static_cast<std::size_t>(query.number("feature_limit", 600, 1, 2000));
    const auto opp_limit = static_cast<std::size_t>(query.number("opp_limit", 600, 1, 2000));
    const auto min_score = query.number("min_score", 0);
    const auto replay_limit =
        static_cast<std::size_t>(query.number("replay_limit", 1000, 50, 5000));
    const auto chain = query.chain_id();
    if (auto bad = malformed(call)) return *bad;

    const auto& model = call.sources.model;
    // Read first: everything below is at least as new as this number, so that a client which
    // continues from it on /stream misses nothing.
    const auto latest = model.latest_seq_id();

    Response response;
    response.body.reserve(400'000);
    JsonOut json(response.body);
    json.begin_object();
    json.key("replay");
    json.begin_array();
    for (const auto& point : model.replay().points(replay_limit)) append_replay_point(json, point);
    json.end_array();
    json.key("propagation");
    append_edges(json, model.propagation().edges());
    json.key("opportunities");
    append_opportunities(json, model, opp_limit,
                         {.chain = chain, .min_score = min_score, .status = {}});
    json.key("feature_summary");
    append_feature_counts(json, model.features().counts({.chain = chain}));
    json.key("feature_details");
    append_features(json, model, feature_limit, {.chain = chain}, false);
    json.key("transactions");
    append_transaction_rows(json, model, tx_limit, chain);
    json.key("chain_ingest_status");
    append_chain_statuses(json, model, call.sources.clock.unix_ms());
    json.key("market_stats");
    append_market_stats(json, model, chain);
    json.field("latest_seq_id", latest);
    json.end_object();
    return response;
}

} // namespace viz::http
