#include "components/lifecycle/config.hpp"

namespace viz::lifecycle {

std::string_view to_string(ConfigError error) {
    switch (error) {
    case ConfigError::finality_exceeds_window:
        return "finality_exceeds_window";
    case ConfigError::zero_limit:
        return "zero_limit";
    case ConfigError::zero_interval:
        return "zero_interval";
    }
    return "unknown";
}

std::optional<ConfigError> check(const Config& config) {
    if (config.reorg_window == 0 || config.max_per_sender == 0 || config.max_transactions == 0 ||
        config.query_batch == 0 || config.max_outstanding == 0)
        return ConfigError::zero_limit;
    if (config.finality_depth > config.reorg_window) return ConfigError::finality_exceeds_window;
    for (const auto interval :
         {config.absence_check_after, config.drop_after, config.max_check_interval,
          config.retry_first, config.retry_max, config.blocked_nonce_refresh}) {
        if (interval.count() <= 0) return ConfigError::zero_interval;
    }
    return std::nullopt;
}

} // namespace viz::lifecycle
