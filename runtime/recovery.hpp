// State recovered from the record at start, in the types of the components that continue from it.
#pragma once

#include <map>

#include "components/ingest/config.hpp"
#include "components/lifecycle/pool.hpp"
#include "components/storage/reader.hpp"
#include "runtime/config.hpp"

namespace viz::runtime {

struct Recovered {
    struct Chain {
        lifecycle::Recovery lifecycle;
        ingest::ChainRecovery ingest;
    };
    std::map<bus::ChainId, Chain> chains;

    // Empty for a chain that is not in the record.
    lifecycle::Recovery lifecycle_of(bus::ChainId id) const;
    ingest::ChainRecovery ingest_of(bus::ChainId id) const;
};

// Throws StartError when the record cannot be read.
Recovered recover(storage::Reader& reader, const Config& config);

} // namespace viz::runtime
