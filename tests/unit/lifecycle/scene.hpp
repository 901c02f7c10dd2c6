// A pool with a clock and a chain, and short words for what happens to them.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "components/lifecycle/pool.hpp"
#include "tests/support/values.hpp"

namespace viz::test {

inline constexpr eth::ChainId kChain{31337};

struct TxSpec {
    std::uint64_t id{};
    std::uint64_t sender{1};
    eth::Nonce nonce{};
    std::uint64_t max_fee{100};
    std::uint64_t priority_fee{10};
    std::uint64_t blob_fee{}; // 0: no blob transaction
    std::uint64_t to{99};
    std::uint64_t value{1};
    bool backfilled{};
};

inline bus::DecodedTx make_tx(const TxSpec& spec) {
    bus::DecodedTx tx;
    tx.chain_id = kChain;
    tx.hash = hash_of(spec.id);
    tx.sender = address_of(spec.sender);
    tx.nonce = spec.nonce;
    tx.first_seen_unix_ms = eth::UnixMs{1'000'000};
    tx.backfilled = spec.backfilled;
    tx.to = address_of(spec.to);
    tx.value = spec.value;
    tx.max_fee_per_gas = spec.max_fee;
    tx.max_priority_fee_per_gas = spec.priority_fee;
    if (spec.blob_fee != 0) tx.max_fee_per_blob_gas = spec.blob_fee;
    return tx;
}

// The event in one word line, hashes as the numbers they were made of: "ready 1 next_nonce".
inline std::string describe(const bus::EventData& event) {
    const auto id = [](const eth::Hash& hash) {
        std::uint64_t n = 0;
        for (std::size_t i = 8; i-- > 0;) n = (n << 8) | hash.bytes[i];
        return std::to_string(n);
    };
    if (const auto* e = std::get_if<bus::TxReady>(&event))
        return "ready " + id(e->hash) + " " + e->reason;
    if (const auto* e = std::get_if<bus::TxBlocked>(&event))
        return "blocked " + id(e->hash) + " expects " + std::to_string(e->expected_nonce);
    if (const auto* e = std::get_if<bus::TxReplaced>(&event))
        return "replaced " + id(e->hash) + " by " + id(e->replaced_by) + " " + e->reason + " " +
               std::to_string(e->bump_bps);
    if (const auto* e = std::get_if<bus::TxDropped>(&event))
        return "dropped " + id(e->hash) + " " + e->reason + (e->by ? " by " + id(*e->by) : "");
    if (const auto* e = std::get_if<bus::TxConfirmedProvisional>(&event))
        return "confirmed " + id(e->hash) + " in " + std::to_string(e->block_number.value);
    if (const auto* e = std::get_if<bus::TxConfirmedFinal>(&event))
        return "final " + id(e->hash) + " in " + std::to_string(e->block_number.value);
    if (const auto* e = std::get_if<bus::TxReorged>(&event))
        return "reorged " + id(e->hash) + " from " + std::to_string(e->block_number.value);
    if (const auto* e = std::get_if<bus::BlockRecord>(&event))
        return (e->canonical ? "block " : "unblock ") + std::to_string(e->number.value);
    return "unexpected";
}

class Scene {
  public:
    explicit Scene(const lifecycle::Config& chosen = {}) : config(chosen), pool(kChain, chosen) {}

    // Each returns what happened, without the block records unless asked for.
    using Told = std::vector<std::string>;

    Told see(const TxSpec& spec) {
        pool.on_transaction(make_tx(spec), now, out);
        return reported();
    }
    Told nonce_is(std::uint64_t sender, eth::Nonce nonce, std::uint64_t at_block = 0) {
        pool.on_account_nonce({.chain_id = kChain,
                               .address = address_of(sender),
                               .nonce = nonce,
                               .at_block = eth::BlockNumber{at_block}},
                              now, out);
        return reported();
    }
    struct InBlock {
        std::uint64_t id{};
        std::uint64_t sender{1};
        eth::Nonce nonce{};
        std::vector<bus::AuthorityUse> authorities{};
    };
    static eth::Hash block_hash(std::uint64_t number, std::uint64_t branch) {
        return hash_of(1'000'000 + branch * 10'000 + number);
    }
    // The block continues block number-1 of `parent_branch`.
    Told block(std::uint64_t number, const std::vector<InBlock>& txs = {}, std::uint64_t branch = 0,
               std::uint64_t parent_branch = 0) {
        pool.on_head(head(number, txs, branch, parent_branch), now, out);
        return reported();
    }
    static bus::Head head(std::uint64_t number, const std::vector<InBlock>& txs,
                          std::uint64_t branch, std::uint64_t parent_branch) {
        bus::Head head;
        head.chain_id = kChain;
        head.number = eth::BlockNumber{number};
        head.hash = block_hash(number, branch);
        head.parent_hash = block_hash(number - 1, parent_branch);
        head.timestamp_s = static_cast<std::int64_t>(1'000 + 12 * number);
        for (const InBlock& tx : txs)
            head.transactions.push_back(
                {hash_of(tx.id), address_of(tx.sender), tx.nonce, tx.authorities});
        return head;
    }
    Told reorg_to(std::uint64_t ancestor, std::uint64_t depth, std::uint64_t branch = 0) {
        pool.on_reorg({.chain_id = kChain,
                       .ancestor_number = eth::BlockNumber{ancestor},
                       .ancestor_hash = block_hash(ancestor, branch),
                       .depth = depth,
                       .reverted_blocks = {}},
                      now, out);
        return reported();
    }
    Told presence(std::uint64_t id, bus::Presence presence, std::uint64_t number = 0,
                  std::uint64_t branch = 0) {
        pool.on_presence({.chain_id = kChain,
                          .hash = hash_of(id),
                          .presence = presence,
                          .block_number = eth::BlockNumber{number},
                          .block_hash = block_hash(number, branch)},
                         now, out);
        return reported();
    }
    void pass(std::chrono::milliseconds time) { now = lifecycle::later(now, time); }

    // Ticks, and takes the hashes (or addresses) asked.
    std::vector<eth::Hash> asked_presence() {
        pool.tick(now, out);
        std::vector<eth::Hash> hashes;
        for (const auto& query : out.queries)
            hashes.insert(hashes.end(), query.hashes.begin(), query.hashes.end());
        out.queries.clear();
        return hashes;
    }
    std::vector<eth::Address> asked_nonces() {
        pool.tick(now, out);
        std::vector<eth::Address> addresses;
        for (const auto& query : out.queries)
            addresses.insert(addresses.end(), query.addresses.begin(), query.addresses.end());
        out.queries.clear();
        return addresses;
    }
    std::string status(std::uint64_t id) const {
        const auto view = pool.view(hash_of(id));
        return view ? std::string(to_string(view->status)) : "unknown";
    }
    Told reported() {
        Told lines;
        for (const auto& event : out.events) {
            if (std::holds_alternative<bus::BlockRecord>(event) && !tell_blocks) continue;
            lines.push_back(describe(event));
        }
        out.events.clear();
        return lines;
    }

    lifecycle::Config config;
    lifecycle::Pool pool;
    lifecycle::Output out;
    bus::MonoNs now{1'000'000'000};
    bool tell_blocks{};
};

} // namespace viz::test
