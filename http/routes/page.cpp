// The dashboard: serves the embedded files of http/page/.
#include <algorithm>
#include <array>
#include <cctype>

#include "http/embedded.hpp"
#include "http/openapi.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

namespace {

// The page loads only files of this service and cannot be framed. It shows text from untrusted
// transactions: even if such text became markup, it would load and run nothing.
constexpr std::string_view kPolicy =
    "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kContentTypes{{
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
}};

std::string_view content_type_of(std::string_view name) {
    for (const auto& [ending, type] : kContentTypes)
        if (name.ends_with(ending)) return type;
    return "application/octet-stream";
}

// 404 for a name that is not a page file.
Response page_file(std::string_view name) {
    const auto content = embedded_file("page/" + std::string(name));
    if (!content) return error_response(404, "no such file");
    Response response;
    response.content_type = content_type_of(name);
    response.body = *content;
    // The files belong together and change with an upgrade: caches must revalidate.
    response.headers.emplace_back("Cache-Control", "no-cache");
    response.headers.emplace_back("Content-Security-Policy", kPolicy);
    response.headers.emplace_back("Referrer-Policy", "no-referrer");
    return response;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t";
    const auto first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

// Whether `accept` (RFC 9110, 12.5.1) lists the media type by name; wildcards do not count.
bool names(std::string_view accept, std::string_view media_type) {
    while (!accept.empty()) {
        const auto comma = std::min(accept.find(','), accept.size());
        const auto range = accept.substr(0, comma);
        const auto type = trimmed(range.substr(0, range.find(';')));
        if (std::ranges::equal(
                type, media_type, {}, [](unsigned char c) { return std::tolower(c); },
                [](unsigned char c) { return int{c}; }))
            return true;
        accept.remove_prefix(std::min(comma + 1, accept.size()));
    }
    return false;
}

Response route_list() {
    Response response;
    JsonOut json(response.body);
    json.begin_object();
    json.field("openapi", "/openapi.json");
    json.key("routes");
    json.begin_array();
    for (const auto& route : Api::routes()) {
        json.begin_object();
        json.field("path", route.pattern);
        json.field("access", std::string_view(route.access == Access::open ? "open" : "keyed"));
        json.end_object();
    }
    json.end_array();
    json.end_object();
    return response;
}

} // namespace

Response get_index(Call& call) {
    const auto accept =
        call.request.accept ? std::string_view(*call.request.accept) : std::string_view();
    const bool wants_list = names(accept, "application/json") && !names(accept, "text/html");
    auto response = wants_list ? route_list() : page_file("index.html");
    response.headers.emplace_back("Vary", "Accept");
    return response;
}

Response get_page_file(Call& call) {
    return page_file(call.parameter);
}

} // namespace viz::http
