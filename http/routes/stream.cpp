#include "http/routes/routes.hpp"

namespace viz::http {

Response get_stream(Call& call) {
    StreamRequest stream;
    stream.after = call.query.optional_number("after");
    stream.filter.types = call.query.event_types();
    stream.filter.chain_id = call.query.chain_id();
    if (auto bad = malformed(call)) return *bad;
    // A browser reconnects with its original URL: the header has its current position.
    if (call.request.last_event_id) {
        stream.after = parse_decimal(*call.request.last_event_id);
        if (!stream.after) return error_response(400, "Last-Event-ID must be a seq_id");
    }
    Response response;
    response.content_type = "text/event-stream";
    response.headers.emplace_back("Cache-Control", "no-cache");
    response.headers.emplace_back("X-Accel-Buffering", "no");
    response.stream = std::move(stream);
    return response;
}

} // namespace viz::http
