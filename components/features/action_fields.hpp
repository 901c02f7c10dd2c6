// Converts decoded actions to the form used in messages, storage and the API (bus/action.hpp).
#pragma once

#include "bus/action.hpp"
#include "components/features/actions.hpp"

namespace viz::features {

bus::Action to_message(const Action& action);

} // namespace viz::features
