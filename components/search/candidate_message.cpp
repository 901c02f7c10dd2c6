#include "components/search/candidate_message.hpp"

#include "components/eth/keccak.hpp"
#include "components/eth/transaction_rlp.hpp"
#include "components/search/score.hpp"

namespace viz::search {

namespace {

class Text {
  public:
    void add(eth::BytesView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
    void add(const U256& value) { add(eth::to_be(value)); }
    void add(std::uint64_t value) { add(U256(value)); }
    eth::Hash hash() const { return eth::keccak256(bytes_); }

  private:
    eth::Bytes bytes_;
};

bus::PoolLeg leg_of(const evm::SwapLeg& leg) {
    return {.v3 = leg.kind == evm::PoolKind::v3,
            .pool = leg.pool,
            .token_in = leg.token_in,
            .token_out = leg.token_out,
            .zero_for_one = leg.zero_for_one,
            .fee_numerator = leg.fee_numerator,
            .fee_denominator = leg.fee_denominator,
            .amount_in = leg.amount_in};
}

std::vector<bus::SlotUse> slots_of(const std::vector<SlotUse>& uses) {
    std::vector<bus::SlotUse> out;
    out.reserve(uses.size());
    for (const auto& use : uses) out.push_back({use.address, use.key});
    return out;
}

} // namespace

eth::Hash candidate_id(const Candidate& candidate, const state::BlockRef& block) {
    Text text;
    text.add(block.hash.view());
    text.add({reinterpret_cast<const std::uint8_t*>(candidate.strategy.data()),
              candidate.strategy.size()});
    text.add(candidate.version);
    text.add(candidate.base_token.view());
    text.add(candidate.capital);
    for (const auto& step : candidate.steps) {
        if (const auto* member = std::get_if<Member>(&step)) {
            text.add(candidate.members[member->index].hash.view());
            continue;
        }
        for (const auto& leg : std::get<Legs>(step)) {
            text.add(leg.pool.view());
            text.add(std::uint64_t{leg.zero_for_one});
            text.add(leg.amount_in);
        }
    }
    return text.hash();
}

bus::Candidate message_of(const Candidate& candidate, const BaseToken& base, const FoundOn& found,
                          std::uint32_t score, std::int64_t first_seen_mono_ns) {
    bus::Candidate made{.chain_id = found.chain,
                        .candidate_id = candidate_id(candidate, found.block),
                        .block_number = eth::BlockNumber{found.block.number},
                        .block_hash = found.block.hash,
                        .strategy = std::string(candidate.strategy),
                        .strategy_version = candidate.version,
                        .members = {},
                        .steps = {},
                        .base_token = candidate.base_token,
                        .capital = candidate.capital,
                        .wei_numerator = base.wei_numerator,
                        .wei_denominator = base.wei_denominator,
                        .expected = candidate.expected,
                        .expected_net = candidate.expected_net,
                        .score = score,
                        .partial_ticks = candidate.has(Reason::partial_ticks),
                        .reads = slots_of(candidate.reads),
                        .writes = slots_of(candidate.writes),
                        .detected_unix_ms = found.now,
                        .first_seen_mono_ns = eth::MonoNs{first_seen_mono_ns}};
    for (const auto& member : candidate.members)
        made.members.push_back({member.hash, member.sender, eth::encode_transaction(member.tx)});
    for (const auto& step : candidate.steps) {
        auto& to = made.steps.emplace_back();
        if (const auto* member = std::get_if<Member>(&step))
            to.member = static_cast<std::uint32_t>(member->index);
        else
            for (const auto& leg : std::get<Legs>(step)) to.legs.push_back(leg_of(leg));
    }
    return made;
}

bus::OppDetected detection_of(const Candidate& candidate, const bus::Candidate& message,
                              const Label& label) {
    bus::OppDetected event{.hash = {},
                           .candidate_id = message.candidate_id,
                           .strategy = message.strategy,
                           .strategy_version = std::to_string(message.strategy_version),
                           .scorer_version = std::string(kScorerVersion),
                           .feature_engine_version = label.engine_version,
                           .score = message.score,
                           .protocol = label.protocol,
                           .category = label.category,
                           .reasons = {},
                           .member_hashes = {},
                           .base_token = message.base_token,
                           .capital = message.capital,
                           .expected = message.expected,
                           .expected_net = message.expected_net,
                           .block_number = message.block_number,
                           .block_hash = message.block_hash,
                           .detected_unix_ms = message.detected_unix_ms};
    for (const auto reason : candidate.reasons) event.reasons.emplace_back(to_string(reason));
    for (const auto& member : candidate.members) event.member_hashes.push_back(member.hash);
    if (!event.member_hashes.empty()) event.hash = event.member_hashes.front();
    return event;
}

bus::CandidateQueued queued_of(const bus::Candidate& message) {
    bus::CandidateQueued event{.hash = {},
                               .candidate_id = message.candidate_id,
                               .strategy = message.strategy,
                               .block_number = message.block_number,
                               .block_hash = message.block_hash,
                               .expected_net = message.expected_net};
    if (!message.members.empty()) event.hash = message.members.front().hash;
    return event;
}

} // namespace viz::search
