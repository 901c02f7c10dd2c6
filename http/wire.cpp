#include "http/wire.hpp"

namespace viz::http {

namespace {

void append_header(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
}

std::string begin(const Response& response) {
    std::string out;
    out.reserve(512 + response.body.size());
    out += "HTTP/1.1 ";
    out += std::to_string(response.status);
    out += ' ';
    out += reason_phrase(response.status);
    out += "\r\n";
    append_header(out, "Server", "viz-api");
    if (response.status != 204) append_header(out, "Content-Type", response.content_type);
    for (const auto& [name, value] : response.headers) append_header(out, name, value);
    append_header(out, "X-Content-Type-Options", "nosniff");
    return out;
}

} // namespace

std::string serialize(const Response& response, const RequestHead& head) {
    auto out = begin(response);
    if (response.status != 204)
        append_header(out, "Content-Length", std::to_string(response.body.size()));
    append_header(out, "Connection", head.keep_alive ? "keep-alive" : "close");
    out += "\r\n";
    if (head.method != Method::head) out += response.body;
    return out;
}

std::string stream_head(const Response& response, const RequestHead& head) {
    auto out = begin(response);
    if (head.http11) append_header(out, "Transfer-Encoding", "chunked");
    append_header(out, "Connection", "close");
    out += "\r\n";
    return out;
}

} // namespace viz::http
