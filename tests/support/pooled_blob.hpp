// Type 3 transactions with their blobs, as nodes gossip them.
#pragma once

#include "components/eth/rlp.hpp"

namespace viz::test {

// What the sidecar holds; the defaults are those of a good one for two blobs (EIP-4844).
struct Sidecar {
    std::vector<eth::Bytes> blobs{eth::Bytes(131072, 0x01), eth::Bytes(131072, 0x02)};
    std::vector<eth::Bytes> commitments{2, eth::Bytes(48, 0xc1)};
    std::vector<eth::Bytes> proofs{2, eth::Bytes(48, 0xf1)};
    std::optional<std::uint64_t> version; // EIP-7594: 1, and 128 cell proofs a blob

    static Sidecar with_cells() {
        Sidecar sidecar;
        sidecar.version = 1;
        sidecar.proofs.assign(256, eth::Bytes(48, 0xf1));
        return sidecar;
    }
};

// `consensus`: 0x03 || rlp(fields).
inline eth::Bytes pooled_form(eth::BytesView consensus, const Sidecar& sidecar = {},
                              bool one_item_more = false) {
    eth::RlpWriter out;
    out.byte(3);
    const auto wrapper = out.open_list();
    out.raw(consensus.subspan(1));
    if (sidecar.version) out.integer(eth::U256(*sidecar.version));
    for (const auto* part : {&sidecar.blobs, &sidecar.commitments, &sidecar.proofs}) {
        const auto list = out.open_list();
        for (const auto& bytes : *part) out.string(bytes);
        out.close_list(list);
    }
    if (one_item_more) out.string({});
    out.close_list(wrapper);
    return out.take();
}

} // namespace viz::test
