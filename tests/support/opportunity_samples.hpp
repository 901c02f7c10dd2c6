// One of each message of bus/opportunity.hpp, with every field set.
#pragma once

#include "bus/messages.hpp"
#include "tests/support/values.hpp"

namespace viz::test {

// Two's complement of -n.
inline bus::Wei sample_loss(std::uint64_t n) {
    return bus::Wei() - bus::Wei(n);
}

inline bus::Candidate sample_candidate() {
    return {.chain_id = bus::ChainId{31337},
            .candidate_id = hash_of(1),
            .block_number = bus::BlockNumber{100},
            .block_hash = hash_of(2),
            .strategy = "sandwich",
            .strategy_version = 3,
            .members = {{hash_of(4), address_of(5), {2, 1, 0}}},
            .steps = {{.member = {},
                       .legs = {{.v3 = true,
                                 .pool = address_of(6),
                                 .token_in = address_of(7),
                                 .token_out = address_of(8),
                                 .zero_for_one = true,
                                 .fee_numerator = 9975,
                                 .fee_denominator = 10'000,
                                 .amount_in = bus::Wei(11)}}},
                      {.member = 0, .legs = {}}},
            .base_token = address_of(7),
            .capital = bus::Wei(12),
            .wei_numerator = bus::Wei(13),
            .wei_denominator = bus::Wei(14),
            .expected = bus::Wei(15),
            .expected_net = sample_loss(16),
            .score = 17,
            .partial_ticks = true,
            .reads = {{address_of(6), bus::Wei(18)}},
            .writes = {{address_of(6), bus::Wei(19)}, {address_of(7), bus::Wei(20)}},
            .detected_unix_ms = bus::UnixMs{21},
            .first_seen_mono_ns = bus::MonoNs{22}};
}

inline bus::SimProfit sample_profit() {
    return {.profit = bus::Wei(30),
            .base_token = address_of(7),
            .gross = bus::Wei(31),
            .pool_fees = bus::Wei(32),
            .gas = bus::Wei(33),
            .bribe = bus::Wei(34),
            .net = sample_loss(35),
            .own_gas = bus::Gas{36},
            .plain = true,
            .net_base_fee_up = sample_loss(37),
            .net_other_coinbase = bus::Wei(38),
            .net_competing_swap = {}};
}

inline bus::Simulated sample_simulated() {
    return {.chain_id = bus::ChainId{31337},
            .candidate = sample_candidate(),
            .completed = {.hash = hash_of(4),
                          .sim_id = hash_of(40),
                          .candidate_id = hash_of(1),
                          .success = true,
                          .fail_category = "",
                          .revert_reason = "",
                          .gas_used = bus::Gas{41},
                          .coinbase_payment = bus::Wei(42),
                          .log_count = 43,
                          .block_number = bus::BlockNumber{100},
                          .block_hash = hash_of(2),
                          .state_age_ms = 44,
                          .duration_us = 45,
                          .rounds = 46,
                          .flags = {"partial_ticks"},
                          .profit = sample_profit()}};
}

inline bus::CandidateQueued sample_queued() {
    return {hash_of(4), hash_of(1), "sandwich", bus::BlockNumber{100}, hash_of(2), sample_loss(16)};
}

inline bus::OppDetected sample_opportunity() {
    return {.hash = hash_of(4),
            .candidate_id = hash_of(1),
            .strategy = "sandwich",
            .strategy_version = "3",
            .scorer_version = "1",
            .feature_engine_version = "7",
            .score = 17,
            .protocol = "uniswap-v2",
            .category = "swap",
            .reasons = {"victim_bound_found"},
            .member_hashes = {hash_of(4)},
            .base_token = address_of(7),
            .capital = bus::Wei(12),
            .expected = bus::Wei(15),
            .expected_net = sample_loss(16),
            .block_number = bus::BlockNumber{100},
            .block_hash = hash_of(2),
            .detected_unix_ms = bus::UnixMs{21}};
}

inline bus::AssemblyDecisionApplied sample_decision() {
    return {.hash = hash_of(4),
            .candidate_id = hash_of(1),
            .sim_id = hash_of(40),
            .decision = "rejected",
            .reason = "conflict",
            .target_block = bus::BlockNumber{101},
            .position = 2,
            .net = sample_loss(35),
            .gas_used = bus::Gas{41},
            .in_favour_of = hash_of(50)};
}

inline bus::BundleSubmitted sample_submission() {
    return {.hash = hash_of(4),
            .bundle_id = hash_of(60),
            .candidate_ids = {hash_of(1)},
            .tx_hashes = {hash_of(4)},
            .reverting_hashes = {hash_of(61)},
            .dropping_hashes = {hash_of(62)},
            .replacement_uuid = "6b2d0b1e-0000-4000-8000-000000000001",
            .refund_percent = 90,
            .refund_recipient = address_of(63),
            .target_block = bus::BlockNumber{101},
            .max_block = bus::BlockNumber{103},
            .relay_url = "http://127.0.0.1:1",
            .method = "eth_callBundle",
            .accepted = true,
            .final_state = "accepted",
            .attempts = {{1, "http://127.0.0.1:1", 503, "busy", 4, 5},
                         {2, "http://127.0.0.1:1", 200, "", 6, 0}},
            .started_unix_ms = bus::UnixMs{64},
            .finished_unix_ms = bus::UnixMs{65}};
}

inline bus::OppOutcome sample_outcome() {
    return {.hash = hash_of(4),
            .candidate_id = hash_of(1),
            .outcome = "taken",
            .by = hash_of(70),
            .slot = bus::SlotUse{address_of(6), bus::Wei(8)},
            .coinbase_payment = bus::Wei(71),
            .block_number = bus::BlockNumber{101},
            .block_hash = hash_of(72),
            .reason = "speed_up"};
}

inline bus::SimParity sample_parity() {
    return {hash_of(4), "mismatch", "gas_used: 1 here, 2 in the receipt", bus::BlockNumber{101},
            hash_of(72)};
}

inline bus::Exposure sample_exposure() {
    return {.hash = hash_of(4),
            .pool = address_of(6),
            .token_out = address_of(8),
            .amount_out = bus::Wei(80),
            .least_out = bus::Wei(78),
            .loss = bus::Wei(2),
            .protecting_out = bus::Wei(79),
            .attacker_net = sample_loss(81),
            .candidate_id = hash_of(1),
            .block_number = bus::BlockNumber{100},
            .block_hash = hash_of(2),
            .pays_more = false,
            .token_in = address_of(7),
            .amount_in = bus::Wei(90),
            .most_in = bus::Wei(90),
            .protecting_in = {}};
}

// Of a swap with exact output.
inline bus::Exposure sample_dearer_exposure() {
    auto made = sample_exposure();
    made.pays_more = true;
    made.least_out = made.amount_out;
    made.protecting_out.reset();
    made.most_in = bus::Wei(95);
    made.loss = bus::Wei(5);
    made.protecting_in = bus::Wei(91);
    return made;
}

inline bus::Verdict sample_verdict() {
    return {.chain_id = bus::ChainId{1},
            .hash = hash_of(4),
            .replaced = true,
            .reason = "speed_up",
            .by = hash_of(70)};
}

inline bus::SimCase sample_case() {
    return {.hash = hash_of(4),
            .sim_id = hash_of(40),
            .candidate_id = hash_of(1),
            .body = {'{', '}'},
            .codes = {{hash_of(90), {0x60, 0x00}}}};
}

} // namespace viz::test
