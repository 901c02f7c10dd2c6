// http/openapi.json, built into the binary.
#pragma once

#include <string>

#include "http/embedded.hpp"

namespace viz::http {

inline std::string openapi_document() {
    return std::string(embedded_file("openapi.json").value());
}

} // namespace viz::http
