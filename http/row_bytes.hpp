// Bytes that rows of the read model keep, with what they point to: strings and lists by their
// length.
#pragma once

#include <cstddef>

#include "bus/transaction_record.hpp"

namespace viz::http {

std::size_t bytes_of(const bus::Feature& feature);
std::size_t bytes_of(const bus::TransactionRecord& record);

} // namespace viz::http
