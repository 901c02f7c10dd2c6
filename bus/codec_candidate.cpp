// Codec of the streams `candidate` and `simulated` and of the simulation events.
#include "bus/codec_detail.hpp"
#include "components/eth/u256_math.hpp"

namespace viz::bus {

namespace detail {

namespace {

auto build(fbs::FlatBufferBuilder& b, const PoolLeg& m) {
    const auto pool = put(m.pool);
    const auto token_in = put(m.token_in);
    const auto token_out = put(m.token_out);
    const auto amount = put(m.amount_in);
    return fb::CreatePoolLeg(b, m.v3, &pool, &token_in, &token_out, m.zero_for_one, m.fee_numerator,
                             m.fee_denominator, &amount);
}
PoolLeg read(const fb::PoolLeg& w) {
    return {.v3 = w.v3(),
            .pool = get(w.pool()),
            .token_in = get(w.token_in()),
            .token_out = get(w.token_out()),
            .zero_for_one = w.zero_for_one(),
            .fee_numerator = w.fee_numerator(),
            .fee_denominator = w.fee_denominator(),
            .amount_in = get(w.amount_in())};
}

auto build(fbs::FlatBufferBuilder& b, const CandidateMember& m) {
    const auto raw = b.CreateVector(m.raw);
    const auto hash = put(m.hash);
    const auto sender = put(m.sender);
    return fb::CreateCandidateMember(b, &hash, &sender, raw);
}

auto build(fbs::FlatBufferBuilder& b, const CandidateStep& m) {
    std::vector<fbs::Offset<fb::PoolLeg>> legs;
    for (const auto& leg : m.legs) legs.push_back(build(b, leg));
    const auto all = b.CreateVector(legs);
    return fb::CreateCandidateStep(
        b, m.member ? fbs::Optional<std::uint32_t>(*m.member) : fbs::nullopt, all);
}
CandidateStep read(const fb::CandidateStep& w) {
    CandidateStep m;
    if (const auto member = w.member()) m.member = *member;
    if (w.legs() != nullptr)
        for (const auto* leg : *w.legs()) m.legs.push_back(read(*leg));
    return m;
}

auto build_slots(fbs::FlatBufferBuilder& b, const std::vector<SlotUse>& slots) {
    std::vector<fb::SlotUse> wire;
    wire.reserve(slots.size());
    for (const auto& slot : slots) wire.push_back(put(slot));
    return b.CreateVectorOfStructs(wire);
}
// False when the structs are not aligned.
bool read_slots(const fbs::Vector<const fb::SlotUse*>* wire, std::vector<SlotUse>& into) {
    if (wire == nullptr) return true;
    if (!aligned_structs(*wire)) return false;
    for (const auto* slot : *wire) into.push_back(get(slot));
    return true;
}

fbs::Offset<fb::Candidate> build(fbs::FlatBufferBuilder& b, const Candidate& m) {
    const auto strategy = b.CreateString(m.strategy);
    std::vector<fbs::Offset<fb::CandidateMember>> members;
    for (const auto& member : m.members) members.push_back(build(b, member));
    std::vector<fbs::Offset<fb::CandidateStep>> steps;
    for (const auto& step : m.steps) steps.push_back(build(b, step));
    const auto all_members = b.CreateVector(members);
    const auto all_steps = b.CreateVector(steps);
    const auto reads = build_slots(b, m.reads);
    const auto writes = build_slots(b, m.writes);
    const auto id = put(m.candidate_id);
    const auto block = put(m.block_hash);
    const auto base = put(m.base_token);
    const auto capital = put(m.capital);
    const auto numerator = put(m.wei_numerator);
    const auto denominator = put(m.wei_denominator);
    const auto expected = put(m.expected);
    const auto net = put(m.expected_net);
    return fb::CreateCandidate(b, m.chain_id.value, &id, m.block_number.value, &block, strategy,
                               m.strategy_version, all_members, all_steps, &base, &capital,
                               &numerator, &denominator, &expected, &net, m.score, m.partial_ticks,
                               reads, writes, m.detected_unix_ms.value, m.first_seen_mono_ns.value);
}

// Every step must refer to an existing member or action.
bool sound(const Candidate& m) {
    if (eth::is_zero(m.wei_denominator)) return false;
    for (const auto& step : m.steps) {
        if (step.member ? *step.member >= m.members.size() : step.legs.empty()) return false;
        for (const auto& leg : step.legs)
            if (leg.fee_denominator == 0 || leg.fee_numerator > leg.fee_denominator) return false;
    }
    return true;
}

std::optional<Candidate> read(const fb::Candidate& w) {
    Candidate m{.chain_id = ChainId{w.chain_id()},
                .candidate_id = get(w.candidate_id()),
                .block_number = BlockNumber{w.block_number()},
                .block_hash = get(w.block_hash()),
                .strategy = get(w.strategy()),
                .strategy_version = w.strategy_version(),
                .members = {},
                .steps = {},
                .base_token = get(w.base_token()),
                .capital = get(w.capital()),
                .wei_numerator = get(w.wei_numerator()),
                .wei_denominator = get(w.wei_denominator()),
                .expected = get(w.expected()),
                .expected_net = get(w.expected_net()),
                .score = w.score(),
                .partial_ticks = w.partial_ticks(),
                .reads = {},
                .writes = {},
                .detected_unix_ms = UnixMs{w.detected_unix_ms()},
                .first_seen_mono_ns = MonoNs{w.first_seen_mono_ns()}};
    if (w.members() != nullptr)
        for (const auto* member : *w.members())
            m.members.push_back({get(member->hash()), get(member->sender()), get(member->raw())});
    if (w.steps() != nullptr)
        for (const auto* step : *w.steps()) m.steps.push_back(read(*step));
    if (!read_slots(w.reads(), m.reads) || !read_slots(w.writes(), m.writes) || !sound(m))
        return std::nullopt;
    return m;
}

auto build(fbs::FlatBufferBuilder& b, const SimProfit& m) {
    const auto profit = put(m.profit);
    const auto base = put(m.base_token);
    const auto gross = put(m.gross);
    const auto fees = put(m.pool_fees);
    const auto gas = put(m.gas);
    const auto bribe = put(m.bribe);
    const auto net = put(m.net);
    const OptionalStruct<fb::Wei> dearer(m.net_base_fee_up);
    const OptionalStruct<fb::Wei> elsewhere(m.net_other_coinbase);
    const OptionalStruct<fb::Wei> behind(m.net_competing_swap);
    return fb::CreateSimProfit(b, &profit, &base, &gross, &fees, &gas, &bribe, &net,
                               m.own_gas.value, m.plain, dearer.pointer(), elsewhere.pointer(),
                               behind.pointer());
}
SimProfit read(const fb::SimProfit& w) {
    return {.profit = get(w.profit()),
            .base_token = get(w.base_token()),
            .gross = get(w.gross()),
            .pool_fees = get(w.pool_fees()),
            .gas = get(w.gas()),
            .bribe = get(w.bribe()),
            .net = get(w.net()),
            .own_gas = Gas{w.own_gas()},
            .plain = w.plain(),
            .net_base_fee_up = get_optional(w.net_base_fee_up()),
            .net_other_coinbase = get_optional(w.net_other_coinbase()),
            .net_competing_swap = get_optional(w.net_competing_swap())};
}

} // namespace

SimDispatched read(const fb::SimDispatched& w) {
    return {.hash = get_optional(w.hash()),
            .sim_id = get(w.sim_id()),
            .candidate_id = get_optional(w.candidate_id()),
            .block_number = BlockNumber{w.block_number()},
            .block_hash = get(w.block_hash())};
}

SimCompleted read(const fb::SimCompleted& w) {
    return {.hash = get_optional(w.hash()),
            .sim_id = get(w.sim_id()),
            .candidate_id = get_optional(w.candidate_id()),
            .success = w.success(),
            .fail_category = get(w.fail_category()),
            .revert_reason = get(w.revert_reason()),
            .gas_used = Gas{w.gas_used()},
            .coinbase_payment = get(w.coinbase_payment()),
            .log_count = w.log_count(),
            .block_number = BlockNumber{w.block_number()},
            .block_hash = get(w.block_hash()),
            .state_age_ms = w.state_age_ms(),
            .duration_us = w.duration_us(),
            .rounds = w.rounds(),
            .flags = get(w.flags()),
            .profit = w.profit() != nullptr ? std::optional(read(*w.profit())) : std::nullopt};
}

fbs::Offset<fb::SimDispatched> build(fbs::FlatBufferBuilder& b, const SimDispatched& m) {
    const OptionalStruct<fb::Hash> hash(m.hash);
    const auto sim_id = put(m.sim_id);
    const OptionalStruct<fb::Hash> candidate(m.candidate_id);
    const auto block = put(m.block_hash);
    return fb::CreateSimDispatched(b, hash.pointer(), &sim_id, candidate.pointer(),
                                   m.block_number.value, &block);
}

fbs::Offset<fb::SimCompleted> build(fbs::FlatBufferBuilder& b, const SimCompleted& m) {
    const auto category = b.CreateString(m.fail_category);
    const auto reason = b.CreateString(m.revert_reason);
    const auto flags = b.CreateVectorOfStrings(m.flags);
    const auto profit = m.profit ? build(b, *m.profit) : fbs::Offset<fb::SimProfit>();
    const OptionalStruct<fb::Hash> hash(m.hash);
    const auto sim_id = put(m.sim_id);
    const OptionalStruct<fb::Hash> candidate(m.candidate_id);
    const auto payment = put(m.coinbase_payment);
    const auto block = put(m.block_hash);
    return fb::CreateSimCompleted(b, hash.pointer(), &sim_id, candidate.pointer(), m.success,
                                  category, reason, m.gas_used.value, &payment, m.log_count,
                                  m.block_number.value, &block, m.state_age_ms, m.duration_us,
                                  m.rounds, flags, profit);
}

} // namespace detail

using namespace detail;

Payload encode(const Candidate& m) {
    fbs::FlatBufferBuilder b(4096);
    b.Finish(build(b, m));
    return finish(b);
}

template <> std::optional<Candidate> decode(PayloadView payload) {
    Payload aligned;
    const auto* w = verified_root<fb::Candidate>(payload, aligned);
    return w != nullptr ? read(*w) : std::nullopt;
}

Payload encode(const Simulated& m) {
    fbs::FlatBufferBuilder b(4096);
    const auto candidate = build(b, m.candidate);
    const auto completed = build(b, m.completed);
    b.Finish(fb::CreateSimulated(b, candidate, completed));
    return finish(b);
}

template <> std::optional<Simulated> decode(PayloadView payload) {
    Payload aligned;
    const auto* w = verified_root<fb::Simulated>(payload, aligned);
    if (w == nullptr) return std::nullopt;
    auto candidate = read(*w->candidate());
    if (!candidate) return std::nullopt;
    const auto chain = candidate->chain_id;
    return Simulated{
        .chain_id = chain, .candidate = std::move(*candidate), .completed = read(*w->completed())};
}

} // namespace viz::bus
