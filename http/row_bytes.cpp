#include "http/row_bytes.hpp"

namespace viz::http {

namespace {

// A short one is in the object itself.
std::size_t heap(const std::string& text) {
    constexpr std::size_t kInObject = 15;
    return text.size() > kInObject ? text.size() + 1 : 0;
}

std::size_t heap(const std::vector<std::string>& texts) {
    std::size_t bytes = texts.size() * sizeof(std::string);
    for (const auto& text : texts) bytes += heap(text);
    return bytes;
}

std::size_t heap(const bus::Feature& feature) {
    auto bytes = heap(feature.protocol) + heap(feature.category) + heap(feature.engine_version) +
                 heap(feature.reasons);
    for (const auto& action : feature.actions) {
        bytes += sizeof(bus::Action) + heap(action.type);
        for (const auto& field : action.fields)
            bytes += sizeof(bus::ActionField) + heap(field.name) + heap(field.values);
    }
    return bytes;
}

} // namespace

std::size_t bytes_of(const bus::Feature& feature) {
    return sizeof(bus::Feature) + heap(feature);
}

std::size_t bytes_of(const bus::TransactionRecord& record) {
    auto bytes = sizeof(bus::TransactionRecord) + heap(record.lifecycle_reason);
    for (const auto& source : record.sources)
        bytes += sizeof(bus::TransactionRecord::Source) + heap(source.source_id);
    return bytes + (record.feature ? heap(*record.feature) : 0);
}

} // namespace viz::http
