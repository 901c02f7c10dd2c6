// registry.json, embedded at build time.
#pragma once

#include <string_view>

namespace viz::features {

extern const std::string_view kRegistryJson;

} // namespace viz::features
