// Simulated candidates in a few words.
#pragma once

#include "components/builder/assembly.hpp"
#include "tests/support/opportunity_samples.hpp"

namespace viz::test {

inline constexpr std::uint64_t kHeadNumber = 100;

struct Wish {
    std::uint64_t id{};
    std::int64_t net{};
    std::uint64_t gas{100'000};
    std::vector<std::uint64_t> reads;   // slots
    std::vector<std::uint64_t> writes;  // slots
    std::vector<std::uint64_t> members; // as hash and, unless said otherwise, sender
    std::uint64_t sender{};
    std::uint64_t head{kHeadNumber};
    bool plain{true};
    bool success{true};
};

inline std::vector<bus::SlotUse> slots_of(const std::vector<std::uint64_t>& keys) {
    std::vector<bus::SlotUse> out;
    for (const auto key : keys) out.push_back({address_of(900), bus::Wei(key)});
    return out;
}

inline bus::Simulated simulated(const Wish& wish) {
    auto out = sample_simulated();
    auto& candidate = out.candidate;
    candidate.candidate_id = hash_of(wish.id);
    candidate.members.clear();
    candidate.steps.clear();
    for (const auto member : wish.members) {
        const auto place = static_cast<std::uint32_t>(candidate.members.size());
        candidate.members.push_back({hash_of(member),
                                     address_of(wish.sender != 0 ? wish.sender : member),
                                     {2, static_cast<std::uint8_t>(member)}});
        candidate.steps.push_back({.member = place, .legs = {}});
    }
    candidate.reads = slots_of(wish.reads);
    candidate.writes = slots_of(wish.writes);
    candidate.block_number = bus::BlockNumber{wish.head};
    candidate.block_hash = hash_of(10'000 + wish.head);
    auto& done = out.completed;
    done.candidate_id = candidate.candidate_id;
    done.sim_id = hash_of(20'000 + wish.id);
    done.success = wish.success;
    done.gas_used = bus::Gas{wish.gas};
    done.block_number = candidate.block_number;
    done.block_hash = candidate.block_hash;
    const auto size = bus::Wei(static_cast<std::uint64_t>(wish.net < 0 ? -wish.net : wish.net));
    done.profit->net = wish.net < 0 ? bus::Wei() - size : size;
    done.profit->plain = wish.plain;
    return out;
}

inline bus::Head head(std::uint64_t number = kHeadNumber, std::uint64_t gas_limit = 30'000'000) {
    bus::Head out;
    out.chain_id = bus::ChainId{31337};
    out.number = bus::BlockNumber{number};
    out.hash = hash_of(10'000 + number);
    out.parent_hash = hash_of(10'000 + number - 1);
    out.timestamp_s = static_cast<std::int64_t>(1'700'000'000 + 12 * number);
    out.gas_limit = bus::Gas{gas_limit};
    return out;
}

} // namespace viz::test
