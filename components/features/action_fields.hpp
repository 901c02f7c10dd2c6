// Decoded actions in the form in which they travel, are kept and are shown (bus/action.hpp).
#pragma once

#include "bus/action.hpp"
#include "components/features/actions.hpp"

namespace viz::features {

bus::Action to_message(const Action& action);

} // namespace viz::features
