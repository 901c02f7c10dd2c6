// Which messages one wants to see.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bus/any_message.hpp"

namespace viz::tap {

// Empty or absent: no restriction. All that are given have to hold.
struct Filter {
    std::vector<std::string> streams;
    std::vector<std::string> kinds; // "decoded", "head", "TxSeen"; case does not matter
    std::optional<std::uint64_t> chain;
    std::optional<bus::Hash> hash;
    std::optional<bus::Address> sender;

    // What can be told without looking into the message.
    bool matches_topic(const bus::TopicParts& topic) const;
    bool matches(const bus::TopicParts& topic, const bus::AnyMessage& message) const;
    // Whether the message itself has to be looked into.
    bool needs_content() const { return hash || sender; }
    // Topic prefixes to subscribe to: whole streams, so that what is missed can be told from the
    // messages' numbers.
    std::vector<std::string> prefixes() const;
};

} // namespace viz::tap
