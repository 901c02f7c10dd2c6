#include "tools/viz_tap/filter.hpp"

#include <algorithm>
#include <cctype>

namespace viz::tap {

namespace {

bool same_word(std::string_view a, std::string_view b) {
    return std::ranges::equal(
        a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

} // namespace

bool Filter::matches_topic(const bus::TopicParts& topic) const {
    if (!streams.empty() && std::ranges::find(streams, topic.stream) == streams.end()) return false;
    if (!kinds.empty() && std::ranges::none_of(kinds, [&](const std::string& kind) {
            return same_word(kind, topic.kind);
        }))
        return false;
    return !chain || topic.chain_id == std::to_string(*chain);
}

bool Filter::matches(const bus::TopicParts& topic, const bus::AnyMessage& message) const {
    return matches_topic(topic) && (!hash || concerns(message, *hash)) &&
           (!sender || concerns(message, *sender));
}

std::vector<std::string> Filter::prefixes() const {
    std::vector<std::string> all;
    if (streams.empty())
        for (const auto& spec : bus::kTopology) all.push_back(std::string(spec.name) + ".");
    for (const auto& stream : streams) all.push_back(stream + ".");
    return all;
}

} // namespace viz::tap
