// An included candidate as a bundle for relays: transactions in order, block range, which ones may
// fail, and the refund.
//
// Pending transactions carry their senders' signatures. Searcher transactions have no signature,
// and none is invented: they are calls to a contract (evm/swapper.hpp).
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
    bus::Bytes input; // calldata of evm::swapper_code()
    friend bool operator==(const OwnCall&, const OwnCall&) = default;
};

using BundleStep = std::variant<SignedTransaction, OwnCall>;

struct Bundle {
    bus::Hash bundle_id; // identifies candidate and target block
    bus::ChainId chain_id;
    bus::Hash candidate_id;
    std::vector<BundleStep> steps;
    bus::BlockNumber target_block;
    bus::BlockNumber max_block;              // last block of the range
    bus::Hash parent_hash;                   // parent of the target block, as simulated
    std::optional<std::int64_t> timestamp_s; // expected time of the target block
    // Pending transactions after the searcher's last one do not affect the profit: they may revert
    // or be left out.
    std::vector<bus::Hash> reverting_hashes;
    std::vector<bus::Hash> dropping_hashes;
    // The same for every bundle of a candidate, so that a newer bundle replaces the older one.
    std::string replacement_uuid;
    std::uint32_t refund_percent{}; // percent of the profit, 0-99
    std::optional<bus::Address> refund_recipient;

    std::vector<bus::Hash> signed_hashes() const;
    bool has_own_calls() const;
};

struct BundleOptions {
    std::uint64_t blocks{1}; // number of blocks from the target block on; not 0
    // Percent of the profit refunded to the sender of the first pending transaction, which created
    // the opportunity.
    std::uint32_t refund_percent{};
};

// `simulated` must be on `head`.
Bundle make_bundle(const bus::Simulated& simulated, const BuildHead& head,
                   const BundleOptions& options);

// A version 8 UUID (RFC 9562, section 5.8); its free bits come from keccak256(candidate_id).
std::string replacement_uuid(const bus::Hash& candidate_id);

// The reason why no relay can accept the bundle; empty when one can. The texts are stable metric
// label values.
std::string_view unfit(const Bundle& bundle);

} // namespace viz::builder
