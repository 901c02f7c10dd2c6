// The builder's part of the configuration: the relays, and how requests are sent to them.
#pragma once

#include <string>

#include "runtime/wiring.hpp"

namespace viz::runtime {

// `[chain_key=]URL`, separated by commas. Throws ConfigError, whose text does not contain the URL.
void apply_relay_urls(Config& config, const std::string& value, const std::string& name);
std::string show_relay_urls(const Config& config); // redacted
// Throws ConfigError when a relay's chain is not configured.
void validate_relays(const Config& config);

ComponentPlan plan_builder(const Context& context);

} // namespace viz::runtime
