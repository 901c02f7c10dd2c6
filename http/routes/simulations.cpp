#include "components/eth/hex.hpp"
#include "http/render.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

namespace {

// For a simulation evicted from the window.
std::optional<SimView> recorded_simulation(History& history, const bus::Hash& id) {
    SimBoard board(History::kMostAbout);
    for (const auto& event : history.events_about(id, SimBoard::kTypes)) board.apply(event);
    const auto* found = board.find(id);
    return found == nullptr ? std::optional<SimView>() : *found;
}

} // namespace

Response get_simulation(Call& call) {
    const bool latest = call.parameter == "latest";
    const auto id = eth::hash_from_hex(call.parameter);
    if (!latest && !id)
        return error_response(400, "a simulation id is 0x and 64 hex digits, or latest");
    auto view =
        latest ? call.sources.model.latest_simulation() : call.sources.model.simulation(*id);
    if (!view && id) view = recorded_simulation(call.sources.history, *id);
    if (!view) return error_response(404, "no such simulation");
    Response response;
    JsonOut json(response.body);
    append_simulation(json, *view);
    return response;
}

} // namespace viz::http
