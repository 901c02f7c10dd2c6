// Selects messages.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bus/any_message.hpp"

namespace viz::tap {

// Empty or absent: no restriction. All given conditions must match.
struct Filter {
    std::vector<std::string> streams;
    std::vector<std::string> kinds; // "decoded", "head", "TxSeen"; case-insensitive
    std::optional<std::uint64_t> chain;
    std::optional<bus::Hash> hash;
    std::optional<bus::Address> sender;

    // The conditions that need only the topic.
    bool matches_topic(const bus::TopicParts& topic) const;
    bool matches(const bus::TopicParts& topic, const bus::AnyMessage& message) const;
    // Whether the message itself has to be decoded.
    bool needs_content() const { return hash || sender; }
    // Topic prefixes to subscribe to: whole streams, so that missed messages can be detected from
    // the sequence numbers.
    std::vector<std::string> prefixes() const;
};

} // namespace viz::tap
