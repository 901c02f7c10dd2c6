#include "http/openapi.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

Response get_openapi(Call&) {
    Response response;
    response.body = openapi_document();
    return response;
}

Response get_index(Call&) {
    Response response;
    response.content_type = "text/html; charset=utf-8";
    auto& page = response.body;
    page = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>viz-api</title>"
           "</head><body><h1>viz-api</h1><p>Described by <a href=\"/openapi.json\">"
           "/openapi.json</a>.</p><ul>";
    for (const auto& route : Api::routes()) {
        const std::string pattern(route.pattern);
        if (pattern.find('{') == std::string::npos)
            page += "<li><a href=\"" + pattern + "\">" + pattern + "</a></li>";
        else
            page += "<li>" + pattern + "</li>";
    }
    page += "</ul></body></html>\n";
    return response;
}

} // namespace viz::http
