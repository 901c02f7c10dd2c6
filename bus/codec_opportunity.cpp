// Codec of the events and records of bus/opportunity.hpp.
#include "bus/codec_detail.hpp"

namespace viz::bus {

namespace detail {

namespace {

CandidateQueued read(const fb::CandidateQueued& w) {
    return {.hash = get_optional(w.hash()),
            .candidate_id = get(w.candidate_id()),
            .strategy = get(w.strategy()),
            .block_number = BlockNumber{w.block_number()},
            .block_hash = get(w.block_hash()),
            .expected_net = get(w.expected_net())};
}

OppDetected read(const fb::OppDetected& w) {
    return {.hash = get_optional(w.hash()),
            .candidate_id = get(w.candidate_id()),
            .strategy = get(w.strategy()),
            .strategy_version = get(w.strategy_version()),
            .scorer_version = get(w.scorer_version()),
            .feature_engine_version = get(w.feature_engine_version()),
            .score = w.score(),
            .protocol = get(w.protocol()),
            .category = get(w.category()),
            .reasons = get(w.reasons()),
            .member_hashes = get(w.member_hashes()),
            .base_token = get(w.base_token()),
            .capital = get(w.capital()),
            .expected = get(w.expected()),
            .expected_net = get(w.expected_net()),
            .block_number = BlockNumber{w.block_number()},
            .block_hash = get(w.block_hash()),
            .detected_unix_ms = UnixMs{w.detected_unix_ms()}};
}

AssemblyDecisionApplied read(const fb::AssemblyDecisionApplied& w) {
    return {.hash = get_optional(w.hash()),
            .candidate_id = get(w.candidate_id()),
            .sim_id = get(w.sim_id()),
            .decision = get(w.decision()),
            .reason = get(w.reason()),
            .target_block = BlockNumber{w.target_block()},
            .position = w.position(),
            .net = get(w.net()),
            .gas_used = Gas{w.gas_used()},
            .in_favour_of = get_optional(w.in_favour_of())};
}

BundleSubmitted read(const fb::BundleSubmitted& w) {
    BundleSubmitted m{.hash = get_optional(w.hash()),
                      .bundle_id = get(w.bundle_id()),
                      .candidate_ids = get(w.candidate_ids()),
                      .tx_hashes = get(w.tx_hashes()),
                      .reverting_hashes = get(w.reverting_hashes()),
                      .dropping_hashes = get(w.dropping_hashes()),
                      .replacement_uuid = get(w.replacement_uuid()),
                      .refund_percent = w.refund_percent(),
                      .refund_recipient = get_optional(w.refund_recipient()),
                      .target_block = BlockNumber{w.target_block()},
                      .max_block = BlockNumber{w.max_block()},
                      .relay_url = get(w.relay_url()),
                      .method = get(w.method()),
                      .accepted = w.accepted(),
                      .final_state = get(w.final_state()),
                      .attempts = {},
                      .started_unix_ms = UnixMs{w.started_unix_ms()},
                      .finished_unix_ms = UnixMs{w.finished_unix_ms()}};
    if (w.attempts() != nullptr)
        for (const auto* each : *w.attempts())
            m.attempts.push_back({.attempt = each->attempt(),
                                  .endpoint = get(each->endpoint()),
                                  .http_status = each->http_status(),
                                  .error = get(each->error()),
                                  .latency_ms = each->latency_ms(),
                                  .backoff_ms = each->backoff_ms()});
    return m;
}

OppOutcome read(const fb::OppOutcome& w) {
    return {.hash = get_optional(w.hash()),
            .candidate_id = get(w.candidate_id()),
            .outcome = get(w.outcome()),
            .by = get_optional(w.by()),
            .slot = get_optional(w.slot()),
            .coinbase_payment = get_optional(w.coinbase_payment()),
            .block_number = BlockNumber{w.block_number()},
            .block_hash = get(w.block_hash()),
            .reason = get(w.reason())};
}

SimParity read(const fb::SimParity& w) {
    return {.hash = get(w.hash()),
            .result = get(w.result()),
            .differs = get(w.differs()),
            .block_number = BlockNumber{w.block_number()},
            .block_hash = get(w.block_hash())};
}

Exposure read(const fb::Exposure& w) {
    return {.hash = get(w.hash()),
            .pool = get(w.pool()),
            .token_out = get(w.token_out()),
            .amount_out = get(w.amount_out()),
            .least_out = get(w.least_out()),
            .loss = get(w.loss()),
            .protecting_out = get_optional(w.protecting_out()),
            .attacker_net = get(w.attacker_net()),
            .candidate_id = get_optional(w.candidate_id()),
            .block_number = BlockNumber{w.block_number()},
            .block_hash = get(w.block_hash()),
            .pays_more = w.pays_more(),
            .token_in = get_optional(w.token_in()),
            .amount_in = get_optional(w.amount_in()).value_or(Wei()),
            .most_in = get_optional(w.most_in()).value_or(Wei()),
            .protecting_in = get_optional(w.protecting_in())};
}

SimCase read(const fb::SimCase& w) {
    SimCase m{.hash = get_optional(w.hash()),
              .sim_id = get(w.sim_id()),
              .candidate_id = get_optional(w.candidate_id()),
              .body = get(w.body()),
              .codes = {}};
    if (w.codes() != nullptr)
        for (const auto* each : *w.codes())
            m.codes.push_back({get(each->code_hash()), get(each->code())});
    return m;
}

} // namespace

fbs::Offset<fb::CandidateQueued> build(fbs::FlatBufferBuilder& b, const CandidateQueued& m) {
    const auto strategy = b.CreateString(m.strategy);
    const OptionalStruct<fb::Hash> hash(m.hash);
    const auto id = put(m.candidate_id);
    const auto block = put(m.block_hash);
    const auto net = put(m.expected_net);
    return fb::CreateCandidateQueued(b, hash.pointer(), &id, strategy, m.block_number.value, &block,
                                     &net);
}

fbs::Offset<fb::OppDetected> build(fbs::FlatBufferBuilder& b, const OppDetected& m) {
    const auto strategy = b.CreateString(m.strategy);
    const auto strategy_version = b.CreateString(m.strategy_version);
    const auto scorer_version = b.CreateString(m.scorer_version);
    const auto engine_version = b.CreateString(m.feature_engine_version);
    const auto protocol = b.CreateString(m.protocol);
    const auto category = b.CreateString(m.category);
    const auto reasons = b.CreateVectorOfStrings(m.reasons);
    const auto members = put_structs<fb::Hash>(b, m.member_hashes);
    const OptionalStruct<fb::Hash> hash(m.hash);
    const auto id = put(m.candidate_id);
    const auto base = put(m.base_token);
    const auto capital = put(m.capital);
    const auto expected = put(m.expected);
    const auto net = put(m.expected_net);
    const auto block = put(m.block_hash);
    return fb::CreateOppDetected(b, hash.pointer(), &id, strategy, strategy_version, scorer_version,
                                 engine_version, m.score, protocol, category, reasons, members,
                                 &base, &capital, &expected, &net, m.block_number.value, &block,
                                 m.detected_unix_ms.value);
}

fbs::Offset<fb::AssemblyDecisionApplied> build(fbs::FlatBufferBuilder& b,
                                               const AssemblyDecisionApplied& m) {
    const auto decision = b.CreateString(m.decision);
    const auto reason = b.CreateString(m.reason);
    const OptionalStruct<fb::Hash> hash(m.hash);
    const auto id = put(m.candidate_id);
    const auto sim_id = put(m.sim_id);
    const auto net = put(m.net);
    const OptionalStruct<fb::Hash> in_favour_of(m.in_favour_of);
    return fb::CreateAssemblyDecisionApplied(b, hash.pointer(), &id, &sim_id, decision, reason,
                                             m.target_block.value, m.position, &net,
                                             m.gas_used.value, in_favour_of.pointer());
}

fbs::Offset<fb::BundleSubmitted> build(fbs::FlatBufferBuilder& b, const BundleSubmitted& m) {
    const auto candidates = put_structs<fb::Hash>(b, m.candidate_ids);
    const auto txs = put_structs<fb::Hash>(b, m.tx_hashes);
    const auto reverting = put_structs<fb::Hash>(b, m.reverting_hashes);
    const auto dropping = put_structs<fb::Hash>(b, m.dropping_hashes);
    const auto uuid = b.CreateString(m.replacement_uuid);
    const auto relay = b.CreateString(m.relay_url);
    const auto method = b.CreateString(m.method);
    const auto state = b.CreateString(m.final_state);
    std::vector<fbs::Offset<fb::RelayAttempt>> attempts;
    for (const auto& each : m.attempts) {
        const auto endpoint = b.CreateString(each.endpoint);
        const auto error = b.CreateString(each.error);
        attempts.push_back(fb::CreateRelayAttempt(b, each.attempt, endpoint, each.http_status,
                                                  error, each.latency_ms, each.backoff_ms));
    }
    const auto all = b.CreateVector(attempts);
    const OptionalStruct<fb::Hash> hash(m.hash);
    const auto id = put(m.bundle_id);
    const OptionalStruct<fb::Address> refund(m.refund_recipient);
    return fb::CreateBundleSubmitted(b, hash.pointer(), &id, candidates, txs, reverting, dropping,
                                     uuid, m.refund_percent, refund.pointer(), m.target_block.value,
                                     m.max_block.value, relay, method, m.accepted, state, all,
                                     m.started_unix_ms.value, m.finished_unix_ms.value);
}

fbs::Offset<fb::OppOutcome> build(fbs::FlatBufferBuilder& b, const OppOutcome& m) {
    const auto outcome = b.CreateString(m.outcome);
    const auto reason = b.CreateString(m.reason);
    const OptionalStruct<fb::Hash> hash(m.hash);
    const auto id = put(m.candidate_id);
    const OptionalStruct<fb::Hash> by(m.by);
    const OptionalStruct<fb::SlotUse> slot(m.slot);
    const OptionalStruct<fb::Wei> payment(m.coinbase_payment);
    const auto block = put(m.block_hash);
    return fb::CreateOppOutcome(b, hash.pointer(), &id, outcome, by.pointer(), slot.pointer(),
                                payment.pointer(), m.block_number.value, &block, reason);
}

fbs::Offset<fb::SimParity> build(fbs::FlatBufferBuilder& b, const SimParity& m) {
    const auto result = b.CreateString(m.result);
    const auto differs = b.CreateString(m.differs);
    const auto hash = put(m.hash);
    const auto block = put(m.block_hash);
    return fb::CreateSimParity(b, &hash, result, differs, m.block_number.value, &block);
}

fbs::Offset<fb::Exposure> build(fbs::FlatBufferBuilder& b, const Exposure& m) {
    const auto hash = put(m.hash);
    const auto pool = put(m.pool);
    const auto token = put(m.token_out);
    const auto amount = put(m.amount_out);
    const auto least = put(m.least_out);
    const auto loss = put(m.loss);
    const OptionalStruct<fb::Wei> protecting(m.protecting_out);
    const auto net = put(m.attacker_net);
    const OptionalStruct<fb::Hash> candidate(m.candidate_id);
    const auto block = put(m.block_hash);
    const OptionalStruct<fb::Address> token_in(m.token_in);
    const auto amount_in = put(m.amount_in);
    const auto most_in = put(m.most_in);
    const OptionalStruct<fb::Wei> protecting_in(m.protecting_in);
    return fb::CreateExposure(b, &hash, &pool, &token, &amount, &least, &loss, protecting.pointer(),
                              &net, candidate.pointer(), m.block_number.value, &block, m.pays_more,
                              token_in.pointer(), &amount_in, &most_in, protecting_in.pointer());
}

fbs::Offset<fb::SimCase> build(fbs::FlatBufferBuilder& b, const SimCase& m) {
    const auto body = b.CreateVector(m.body);
    std::vector<fbs::Offset<fb::CaseCode>> codes;
    for (const auto& each : m.codes) {
        const auto code = b.CreateVector(each.code);
        const auto code_hash = put(each.code_hash);
        codes.push_back(fb::CreateCaseCode(b, &code_hash, code));
    }
    const auto all = b.CreateVector(codes);
    const OptionalStruct<fb::Hash> hash(m.hash);
    const auto sim_id = put(m.sim_id);
    const OptionalStruct<fb::Hash> candidate(m.candidate_id);
    return fb::CreateSimCase(b, hash.pointer(), &sim_id, candidate.pointer(), body, all);
}

std::optional<EventData> read_opportunity_data(const fb::Envelope& e) {
    switch (e.data_type()) {
    case fb::EventData::SimDispatched:
        return read(*e.data_as_SimDispatched());
    case fb::EventData::SimCompleted:
        return read(*e.data_as_SimCompleted());
    case fb::EventData::CandidateQueued:
        return read(*e.data_as_CandidateQueued());
    case fb::EventData::OppDetected:
        return read(*e.data_as_OppDetected());
    case fb::EventData::AssemblyDecisionApplied:
        return read(*e.data_as_AssemblyDecisionApplied());
    case fb::EventData::BundleSubmitted:
        return read(*e.data_as_BundleSubmitted());
    case fb::EventData::OppOutcome:
        return read(*e.data_as_OppOutcome());
    case fb::EventData::SimParity:
        return read(*e.data_as_SimParity());
    case fb::EventData::Exposure:
        return read(*e.data_as_Exposure());
    case fb::EventData::SimCase:
        return read(*e.data_as_SimCase());
    default:
        return std::nullopt;
    }
}

} // namespace detail

} // namespace viz::bus
