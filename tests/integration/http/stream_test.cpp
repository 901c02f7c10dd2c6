#include "server_parts.hpp"
