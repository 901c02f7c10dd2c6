#include "bus/event_json.hpp"
#include "http/json.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

Response get_events(Call& call) {
    const auto after = call.query.number("after", 0);
    const EventFilter filter{.types = call.query.event_types(), .chain_id = call.query.chain_id()};
    const auto limit = static_cast<std::size_t>(call.query.number("limit", 1000, 1, 5000));
    if (auto bad = malformed(call)) return *bad;

    Response response;
    JsonOut json(response.body);
    json.begin_array();
    const bool in_window = call.sources.model.read([&](const ReadModel::State& state) {
        if (!state.events.covers(after)) return false;
        state.events.scan(after, filter, [&, n = std::size_t{0}](const auto& entry) mutable {
            if (n++ == limit) return false;
            json.raw(entry.json);
            return true;
        });
        return true;
    });
    if (!in_window && after < UINT64_MAX) {
        for (const auto& event : call.sources.history.events({.after = after,
                                 .types = filter.types,
                                 .chain_id = filter.chain_id,
                                 .limit = limit}))
            json.raw(bus::to_json(event));
    }
    json.end_array();
    return response;
}

} // namespace viz::http
