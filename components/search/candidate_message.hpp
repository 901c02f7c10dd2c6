// A candidate as a bus message and as an event.
#pragma once

#include "bus/opportunity.hpp"
#include "components/search/candidate.hpp"
#include "components/state/head_state.hpp"

namespace viz::search {

// The candidate's id: keccak256 of block, strategy, and every step with its amounts.
eth::Hash candidate_id(const Candidate& candidate, const state::BlockRef& block);

struct FoundOn {
    eth::ChainId chain;
    state::BlockRef block;
    eth::Wei base_fee; // of the next block
    eth::UnixMs now;
};

// `base` is the candidate's base token; `first_seen_mono_ns` is that of the member seen last.
bus::Candidate message_of(const Candidate& candidate, const BaseToken& base, const FoundOn& found,
                          std::uint32_t score, std::int64_t first_seen_mono_ns);

// The label of the first member, if it has arrived.
struct Label {
    std::string protocol;
    std::string category;
    std::string engine_version;
    std::uint32_t mev_score{};
};

bus::OppDetected detection_of(const Candidate& candidate, const bus::Candidate& message,
                              const Label& label);
bus::CandidateQueued queued_of(const bus::Candidate& message);

} // namespace viz::search
