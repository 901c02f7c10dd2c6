#include "http/replay.hpp"

#include "http/render.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

namespace {

void append_hashes(JsonOut& json, std::string_view name, const std::vector<eth::Hash>& hashes) {
    json.key(name);
    json.begin_array();
    for (const auto& hash : hashes) json.value(hash);
    json.end_array();
}

Response points(Call& call) {
    const auto points = call.sources.model.replay().points(1000);
    Response response;
    JsonOut json(response.body);
    json.begin_array();
    for (const auto& point : points) append_replay_point(json, point);
    json.end_array();
    return response;
}

Response range(const RangeSummary& replay) {
    Response response;
    JsonOut json(response.body);
    json.begin_object();
    json.field("from_seq_id", replay.from_seq_id);
    json.field("to_seq_id", replay.to_seq_id);
    json.field("from_checkpoint_hash", replay.from_checkpoint);
    json.field("to_checkpoint_hash", replay.to_checkpoint);
    json.key("summary");
    json.begin_object();
    json.field("from_pending_count", replay.from_pending_count);
    json.field("to_pending_count", replay.to_pending_count);
    json.field("added_pending_count", replay.added.size());
    json.field("removed_pending_count", replay.removed.size());
    append_hashes(json, "added_pending", replay.added);
    append_hashes(json, "removed_pending", replay.removed);
    json.end_object();
    json.field("stride", replay.stride);
    json.key("frames");
    json.begin_array();
    for (const auto& frame : replay.frames) append_replay_point(json, frame);
    json.end_array();
    json.end_object();
    return response;
}

} // namespace

Response get_replay(Call& call) {
    auto from = call.query.optional_number("from");
    auto to = call.query.optional_number("to");
    const auto stride = call.query.number("stride", 1, 1, 5000);
    if (auto bad = malformed(call)) return *bad;
    if (!from && !to) return points(call);
    if (!from || !to) return error_response(400, "from and to must be given together");
    if (*from > *to) std::swap(*from, *to);

    const auto replay = call.replay.run(*from, *to, stride);
    if (replay) return range(*replay);
    if (replay.error() == ReplayError::unknown_seq)
        return error_response(404, to_string(replay.error()));
    if (replay.error() == ReplayError::state_gone)
        return error_response(410, to_string(replay.error()));
    auto response = error_response(503, to_string(replay.error()));
    response.headers.emplace_back("Retry-After", "1");
    return response;
}

} // namespace viz::http
