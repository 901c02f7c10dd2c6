#include "http/render_opportunities.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

namespace {

// std::nullopt for an unknown status.
std::optional<OppFilter> filter_of(Query& query) {
    OppFilter filter{.chain = query.chain_id(), .min_score = query.number("min_score", 0)};
    const auto status = query.text("status");
    if (!status) return filter;
    filter.status = bus::opp_status_from_string(*status);
    return filter.status ? std::optional(filter) : std::nullopt;
}

} // namespace

Response get_opportunities(Call& call) {
    const auto filter = filter_of(call.query);
    if (!filter)
        return error_response(
            400, "status must be detected, simulated, profitable, unprofitable or failed");
    return listed(call, 100, 5000,
                  [&](JsonOut& json, const ReadModel& model, std::size_t limit, auto /*chain*/) {
                      append_opportunities(json, model, limit, *filter);
                  });
}

} // namespace viz::http
