// An included candidate as relays take bundles: transactions in order, the blocks they are good
// for, what may fail, and what is given back.
//
// The pending transactions in it are signed by their senders. The searcher's own are not signed by
// anybody, and no signature is made up for them: they are calls to a contract (evm/swapper.hpp).
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "bus/messages.hpp"
#include "components/builder/assembly.hpp"

namespace viz::builder {

struct SignedTransaction {
    bus::Hash hash;
    bus::Bytes raw; // canonical EIP-2718 bytes
    bool may_revert{};
    friend bool operator==(const SignedTransaction&, const SignedTransaction&) = default;
};

struct OwnCall {
    bus::Bytes input; // of evm::swapper_code()
    friend bool operator==(const OwnCall&, const OwnCall&) = default;
};

using BundleStep = std::variant<SignedTransaction, OwnCall>;

struct Bundle {
    bus::Hash bundle_id; // what for which block
    bus::ChainId chain_id;
    bus::Hash candidate_id;
    std::vector<BundleStep> steps;
    bus::BlockNumber target_block;
    bus::BlockNumber max_block;              // the last one it is good for
    bus::Hash parent_hash;                   // of the target block, as simulated
    std::optional<std::int64_t> timestamp_s; // expected, of the target block
    // A pending transaction behind the searcher's last one is of no matter to the profit: it may
    // revert, or be left out.
    std::vector<bus::Hash> reverting_hashes;
    std::vector<bus::Hash> dropping_hashes;
    // The same for the same candidate, so that a later bundle of it takes the earlier one's place.
    std::string replacement_uuid;
    std::uint32_t refund_percent{}; // of the profit, 0-99
    std::optional<bus::Address> refund_recipient;

    std::vector<bus::Hash> signed_hashes() const;
    bool has_own_calls() const;
};

struct BundleOptions {
    std::uint64_t blocks{1}; // that it is good for, the target block and those behind it; not 0
    // Given back to the sender of the first pending transaction, which made the profit possible.
    std::uint32_t refund_percent{};
};

// `simulated` stands on `head`.
Bundle make_bundle(const bus::Simulated& simulated, const BuildHead& head,
                   const BundleOptions& options);

// Version 8 of RFC 9562, section 5.8: the bits that are free are those of keccak256(candidate_id).
std::string replacement_uuid(const bus::Hash& candidate_id);

// Why no relay could take it; empty: one can. Stable texts, label values of metrics.
std::string_view unfit(const Bundle& bundle);

} // namespace viz::builder
