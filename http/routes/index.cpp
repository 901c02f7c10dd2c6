#include "http/openapi.hpp"
#include "http/routes/routes.hpp"

namespace viz::http {

Response get_openapi(Call&) {
    Response response;
    response.body = openapi_document();
    return response;
}

} // namespace viz::http
