#include "bus/event_json.hpp"
#include "http/json.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

namespace {

Response cursor_is_gone(std::uint64_t oldest) {
    auto response = error_response(410, "events after this one are no longer kept; the oldest is " +
                                            std::to_string(oldest));
    response.headers.emplace_back("X-Oldest-Seq-Id", std::to_string(oldest));
    return response;
}

} // namespace

Response get_events(Call& call) {
    const auto after = call.query.number("after", 0);
    const EventFilter filter{.types = call.query.event_types(), .chain_id = call.query.chain_id()};
    const auto limit = static_cast<std::size_t>(call.query.number("limit", 1000, 1, 5000));
    if (auto bad = malformed(call)) return *bad;

    Response response;
    JsonOut json(response.body);
    json.begin_array();
    if (const auto window = call.sources.model.events(); window.covers(after)) {
        window.scan(after, filter, [&, n = std::size_t{0}](const auto& entry) mutable {
            if (n++ == limit) return false;
            json.raw(entry.json);
            return true;
        });
    } else if (after < UINT64_MAX) {
        const auto events = call.sources.history.events(
            {.after = after, .types = filter.types, .chain_id = filter.chain_id, .limit = limit});
        // after=0 means from the oldest stored event; any other deleted position would cause an
        // unnoticed gap. Checked after reading, since events may be deleted meanwhile.
        const auto oldest = call.sources.history.oldest_seq_id();
        if (after != 0 && oldest > after + 1) return cursor_is_gone(oldest);
        for (const auto& event : events) json.raw(bus::to_json(event));
    }
    json.end_array();
    return response;
}

} // namespace viz::http
