#include "components/ingest/endpoint_rotation.hpp"

#include <utility>

namespace viz::ingest {

using bus::EndpointState;
using std::chrono::duration_cast;

EndpointRotation::EndpointRotation(Limits limits, Random random, Mono start)
    : limits_(limits), random_(std::move(random)), blind_since_(start) {}

void EndpointRotation::connecting() {
    state_ = EndpointState::connecting;
}

void EndpointRotation::subscribed(Mono now) {
    state_ = EndpointState::subscribed;
    live_since_ = now;
    last_heard_ = now;
    last_outage_ = duration_cast<Millis>(now - blind_since_);
    blind_before_ += now - blind_since_;
    last_error_.reset();
}

Millis EndpointRotation::failed(LinkError error, Mono now) {
    if (live()) {
        ++disconnects_;
        blind_since_ = now;
        if (now - live_since_ >= limits_.healthy_after) failures_ = 0;
    }
    last_error_ = error;
    state_ = error == LinkError::silent           ? EndpointState::silent_timeout
             : error == LinkError::closed_by_peer ? EndpointState::disconnected
                                                  : EndpointState::error;
    // Every endpoint gets its turn before the delay grows.
    const auto rounds = failures_ / limits_.endpoint_count;
    if (failures_ < 1'000'000) ++failures_;
    return jittered(doubled(limits_.backoff, rounds, limits_.backoff_max), random_);
}

void EndpointRotation::rotate() {
    if (limits_.endpoint_count < 2) return;
    index_ = (index_ + 1) % limits_.endpoint_count;
    ++rotations_;
    state_ = EndpointState::rotating;
}

bool EndpointRotation::silent(Mono now) const {
    return live() && now - last_heard_ >= limits_.silence;
}

std::string EndpointRotation::last_error() const {
    return last_error_ ? std::string(to_string(*last_error_)) : std::string();
}

Millis EndpointRotation::blind(Mono now) const {
    auto total = blind_before_;
    if (!live()) total += now - blind_since_;
    return duration_cast<Millis>(total);
}

} // namespace viz::ingest
