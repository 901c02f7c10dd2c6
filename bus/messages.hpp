// The stream messages as plain values. No sockets: component cores may include this file. The wire
// form is bus/events.fbs and bus/codec.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bus/action.hpp"
#include "bus/opportunity.hpp"
#include "components/eth/decode_error.hpp"
#include "components/eth/transaction.hpp"
#include "components/eth/types.hpp"

namespace viz::bus {

using eth::Address;
using eth::BlockNumber;
using eth::Bytes;
using eth::ChainId;
using eth::Gas;
using eth::Hash;
using eth::MonoNs;
using eth::Nonce;
using eth::Selector;
using eth::TxType;
using eth::UnixMs;
using eth::Wei;

// ---------------------------------------------------------------- stream `pending`

enum class BodyFormat : std::uint8_t { raw_rlp = 1, node_json = 2 };

// A transaction body as received from a node, not verified.
struct PendingTx {
    ChainId chain_id;
    std::string source_id;
    Hash announced_hash;
    UnixMs first_seen_unix_ms;
    MonoNs first_seen_mono_ns;
    bool backfilled{}; // found in the pool at (re)connect: first seen at or before the given time
    BodyFormat format{BodyFormat::node_json};
    Bytes body;
};

// ---------------------------------------------------------------- stream `tx`

// A transaction whose hash and sender have been verified.
struct DecodedTx {
    ChainId chain_id; // of the chain it was seen on
    std::string source_id;
    Hash hash;
    Address sender;
    UnixMs first_seen_unix_ms;
    MonoNs first_seen_mono_ns;
    bool backfilled{};
    TxType type{};
    Nonce nonce{};
    std::optional<Address> to;
    Wei value;
    Gas gas_limit;
    Wei max_fee_per_gas; // types 0 and 1: both fields hold the gas price
    Wei max_priority_fee_per_gas;
    std::optional<Wei> max_fee_per_blob_gas; // type 3
    std::uint32_t blob_count{};
    Bytes calldata;
    Bytes raw; // canonical EIP-2718 bytes, without a blob sidecar
};

// ---------------------------------------------------------------- stream `chain`

// An EIP-7702 authority whose nonce this block's transaction advanced to nonce + 1.
struct AuthorityUse {
    Address address;
    Nonce nonce{};
};

struct BlockTx {
    Hash hash;
    Address sender;
    Nonce nonce{};
    std::vector<AuthorityUse> authorities;
};

// A new canonical block. Heads arrive in chain order: the parent is the previous head, or the
// common ancestor of a Reorg sent immediately before.
struct Head {
    ChainId chain_id;
    BlockNumber number;
    Hash hash;
    Hash parent_hash;
    std::int64_t timestamp_s{};
    Wei base_fee; // wei per gas, EIP-1559; zero on chains without a base fee
    Gas gas_used;
    Gas gas_limit;
    bool first{};    // the first head since start: blocks before it are unknown
    bool catch_up{}; // fetched by number after a gap, not announced live
    std::vector<BlockTx> transactions;
};

// The blocks above `ancestor` are no longer canonical.
struct Reorg {
    ChainId chain_id;
    BlockNumber ancestor_number;
    Hash ancestor_hash;
    std::uint64_t depth{};             // how many blocks were reverted
    std::vector<Hash> reverted_blocks; // newest first
};

enum class EndpointState : std::uint8_t {
    booting,
    connecting,
    subscribed,
    silent_timeout,
    error,
    rotating,
    disconnected,
};
std::string_view to_string(EndpointState state);

// Live state of a chain's connection. URLs are redacted.
struct EndpointStatus {
    std::string chain_key;
    ChainId chain_id;
    std::string source_id;
    EndpointState state{EndpointState::booting};
    std::uint32_t endpoint_index{};
    std::uint32_t endpoint_count{};
    std::string ws_url;
    std::string http_url;
    UnixMs last_pending_unix_ms; // 0: none yet
    UnixMs updated_unix_ms;
    std::string last_error; // empty: none
    std::uint64_t rotation_count{};
    std::uint64_t disconnect_count{};
    std::int64_t clock_skew_ms{};   // provable lower bound of the local clock's lag, see ingest
    std::uint64_t blind_ms_total{}; // time without any live subscription since start
};

// The node's answer to an account_nonce query: transactions below `nonce` are settled.
struct AccountNonce {
    ChainId chain_id;
    Address address;
    Nonce nonce{};
    BlockNumber at_block;
};

enum class Presence : std::uint8_t { absent, pending, mined };

// The node's answer to a tx_presence query. Advisory: absence proves nothing; the nonce does.
struct TxPresence {
    ChainId chain_id;
    Hash hash;
    Presence presence{Presence::absent};
    BlockNumber block_number; // when mined
    Hash block_hash;          // when mined
};

// ---------------------------------------------------------------- stream `query`

enum class QueryKind : std::uint8_t { account_nonce = 1, tx_presence = 2 };

// A query of lifecycle to the node; answered on `chain`.
struct ChainQuery {
    ChainId chain_id;
    QueryKind kind{QueryKind::account_nonce};
    std::vector<Address> addresses; // account_nonce
    std::vector<Hash> hashes;       // tx_presence
};

// A body received for a hash was rejected by verification; it may be requested from another source.
struct BodyRefused {
    ChainId chain_id;
    Hash hash; // as announced
    std::string source_id;
    eth::DecodeError reason{};
};

// ---------------------------------------------------------------- stream `feature`

struct Feature {
    Hash hash;
    ChainId chain_id;
    std::string protocol;          // "uniswap-v2", "erc20", "unknown"
    std::string category;          // "swap", "transfer", "deploy", …
    std::uint32_t mev_score{};     // 0–100
    std::uint32_t urgency_score{}; // 0–100
    std::optional<Selector> method_selector;
    std::string engine_version;
    std::vector<std::string> reasons;
    std::vector<Action> actions; // in the order of the calldata
};

// ---------------------------------------------------------------- stream `verdict`

// A pending transaction was replaced or dropped, as recorded by lifecycle (TxReplaced, TxDropped).
struct Verdict {
    ChainId chain_id;
    Hash hash;
    bool replaced{};        // another transaction used its nonce, pending or mined; false: dropped
    std::string reason;     // as in the event
    std::optional<Hash> by; // the transaction that used its nonce, or that it failed to replace
    friend bool operator==(const Verdict&, const Verdict&) = default;
};

// ---------------------------------------------------------------- streams `journal` and `events`

// The numbers are stored: never reuse one.
enum class EventType : std::uint8_t {
    tx_seen = 1,
    tx_fetched = 2,
    tx_decoded = 3,
    tx_ready = 4,
    tx_blocked = 5,
    tx_replaced = 6,
    tx_dropped = 7,
    tx_confirmed_provisional = 8,
    tx_confirmed_final = 9,
    tx_reorged = 10,
    candidate_queued = 11,
    sim_dispatched = 12,
    opp_detected = 13,
    sim_completed = 14,
    assembly_decision_applied = 15,
    bundle_submitted = 16,
    // Placeholder for an event of the log whose row is damaged or missing; never stored.
    damaged = 99,
    // Records: committed and published like events, but not numbered (seq_id 0).
    feature_record = 100,
    block_record = 101,
    opp_outcome_record = 102,
    sim_parity_record = 103,
    exposure_record = 104,
    sim_case_record = 105,
};
constexpr bool is_numbered(EventType type) {
    return static_cast<std::uint8_t>(type) < 100;
}
std::string_view to_string(EventType type); // "TxSeen"
// Case-insensitive; std::nullopt for an unknown name.
std::optional<EventType> event_type_from_string(std::string_view name);

// A source announced the hash for the first time (once per source and transaction).
struct TxSeen {
    Hash hash;
    bool backfilled{};
};
// A body was fetched over HTTP because the announcement carried only a hash.
struct TxFetched {
    Hash hash;
    std::uint32_t body_bytes{};
};
struct TxDecoded {
    Hash hash;
    Address sender;
    TxType tx_type{};
    Nonce nonce{};
    std::optional<Address> to;
    Wei value;
    Gas gas_limit;
    Wei max_fee_per_gas;
    Wei max_priority_fee_per_gas;
    std::optional<Wei> max_fee_per_blob_gas;
    std::uint32_t blob_count{};
    std::uint32_t calldata_len{};
    std::uint32_t raw_tx_len{};
    std::optional<Selector> selector; // first four bytes of calldata
    UnixMs first_seen_unix_ms;
    MonoNs first_seen_mono_ns;
};
struct TxReady {
    Hash hash;
    Address sender;
    Nonce nonce{};
    std::string reason; // "next_nonce", "gap_filled", "reopened_by_reorg", "seen_again"
};
struct TxBlocked {
    Hash hash;
    Address sender;
    Nonce nonce{};
    Nonce expected_nonce{}; // the first missing nonce
    std::string reason;     // "nonce_gap"
};
struct TxReplaced {
    Hash hash;
    Address sender;
    Nonce nonce{};
    Hash replaced_by;
    std::uint32_t bump_bps{}; // fee increase in 1/10000, saturating
    std::string reason;       // "speed_up", "cancel", "rewrite"
};
struct TxDropped {
    Hash hash;
    Address sender;
    Nonce nonce{};
    std::string reason;     // "absent_from_pool", "nonce_used", "sender_limit", "pool_limit"
    std::optional<Hash> by; // the transaction that used the nonce, where known
};
struct TxConfirmedProvisional {
    Hash hash;
    Address sender;
    Nonce nonce{};
    BlockNumber block_number;
    Hash block_hash;
    std::int64_t block_timestamp_s{};
    std::optional<std::int64_t> inclusion_delay_ms; // block timestamp minus first seen
};
struct TxConfirmedFinal {
    Hash hash;
    BlockNumber block_number;
    Hash block_hash;
};
struct TxReorged {
    Hash hash;
    BlockNumber block_number; // no longer canonical
    Hash block_hash;
    std::uint64_t depth{};
};
struct BlockRecord {
    BlockNumber number;
    Hash hash;
    Hash parent_hash;
    std::int64_t timestamp_s{};
    Wei base_fee;
    Gas gas_used;
    Gas gas_limit;
    std::uint32_t tx_count{};
    bool canonical{true}; // false: reverted by a reorg
};

// The record returns this in place of an event that cannot be verified. `reason`:
// "checksum_mismatch", "undecodable", "unreadable" (SQLite cannot read the row) or "missing" (no
// row has this number). Of its envelope only the number is known.
struct Damaged {
    std::string reason;
};

// The indices are stored: append new ones.
using EventData =
    std::variant<TxSeen, TxFetched, TxDecoded, TxReady, TxBlocked, TxReplaced, TxDropped,
                 TxConfirmedProvisional, TxConfirmedFinal, TxReorged, Feature, BlockRecord,
                 SimDispatched, SimCompleted, CandidateQueued, OppDetected, AssemblyDecisionApplied,
                 BundleSubmitted, OppOutcome, SimParity, Exposure, SimCase, Damaged>;
EventType type_of(const EventData& data);
// The transaction that the event is about; std::nullopt for a block, a damaged event, or an
// arbitrage without a pending transaction.
std::optional<Hash> hash_of(const EventData& data);

// One entry of the record. Producers leave seq_id 0; only storage assigns numbers.
struct Envelope {
    std::uint64_t seq_id{};
    UnixMs ingest_ts_unix_ms;
    MonoNs ingest_ts_mono_ns;
    std::string source_id; // node source for TxSeen/TxFetched/TxDecoded, else the component
    ChainId chain_id;
    EventData data;
};

} // namespace viz::bus
