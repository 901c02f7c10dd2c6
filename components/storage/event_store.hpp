// The record: an SQLite database (WAL) whose `events` table is the ordered log. One EventStore,
// owned by the writer thread, appends; any number of Readers look. Numbers are gapless from 1
// and never reused; what append() returned from is durable.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "bus/codec.hpp"
#include "bus/messages.hpp"
#include "components/eth/result.hpp"

namespace viz::storage {

enum class StoreError : std::uint8_t {
    cannot_open,
    not_a_store,
    newer_schema,
    corrupt,
    disk_full,
    read_only,
    busy,
    io,
    bad_entry,
};
std::string_view to_string(StoreError error);

} // namespace viz::storage
