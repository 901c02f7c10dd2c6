// http/openapi.json, built into the binary.
#pragma once

#include <string>

namespace viz::http {

std::string openapi_document();

} // namespace viz::http
