#include "components/lifecycle/entry.hpp"

namespace viz::lifecycle {

std::string_view to_string(Status status) {
    switch (status) {
    case Status::pending:
        return "pending";
    case Status::ready:
        return "ready";
    case Status::blocked:
        return "blocked";
    case Status::replaced:
        return "replaced";
    case Status::dropped:
        return "dropped";
    case Status::confirmed_provisional:
        return "confirmed_provisional";
    case Status::confirmed_final:
        return "confirmed_final";
    }
    return "unknown";
}

std::string_view to_string(DropReason reason) {
    switch (reason) {
    case DropReason::absent_from_pool:
        return "absent_from_pool";
    case DropReason::nonce_used:
        return "nonce_used";
    case DropReason::underpriced_replacement:
        return "underpriced_replacement";
    case DropReason::sender_limit:
        return "sender_limit";
    case DropReason::pool_limit:
        return "pool_limit";
    }
    return "unknown";
}

std::optional<DropReason> drop_reason_from_string(std::string_view text) {
    for (const DropReason reason :
         {DropReason::absent_from_pool, DropReason::nonce_used, DropReason::underpriced_replacement,
          DropReason::sender_limit, DropReason::pool_limit}) {
        if (to_string(reason) == text) return reason;
    }
    return std::nullopt;
}

} // namespace viz::lifecycle
