#include "components/eth/json_reader.hpp"

#include <array>

#include <simdjson.h>

namespace viz::eth {

std::string_view to_string(JsonFault fault) {
    constexpr std::array<std::string_view, 4> kTexts{"not_json", "too_large", "too_deep",
                                                     "too_many_values"};
    static_assert(kTexts.size() == static_cast<std::size_t>(JsonFault::too_many_values) + 1);
    return kTexts[static_cast<std::size_t>(fault)];
}

std::optional<JsonFault> exceeds(std::string_view text, const JsonLimits& limits) {
    if (text.size() > limits.bytes) return JsonFault::too_large;
    std::size_t depth = 0;
    std::size_t values = 1;
    for (std::size_t i = 0; i < text.size(); ++i) {
        switch (text[i]) {
        case '"': // skip to the closing quote
            for (++i; i < text.size() && text[i] != '"'; ++i)
                if (text[i] == '\\') ++i;
            break;
        case '[':
        case '{':
            if (++depth > limits.depth) return JsonFault::too_deep;
            ++values;
            break;
        case ']':
        case '}':
            if (depth > 0) --depth;
            break;
        case ',':
        case ':': // each takes a slot in the parser's index
            ++values;
            break;
        default:
            break;
        }
        if (values > limits.values) return JsonFault::too_many_values;
    }
    return std::nullopt;
}

namespace {

// Reads every value, so that the parser comes to the fault. Throws there.
void visit(simdjson::ondemand::value value) {
    switch (value.type().value()) {
    case simdjson::ondemand::json_type::array:
        for (auto item : value.get_array()) visit(item.value());
        return;
    case simdjson::ondemand::json_type::object:
        for (auto field : value.get_object()) {
            static_cast<void>(field.unescaped_key().value());
            visit(field.value().value());
        }
        return;
    case simdjson::ondemand::json_type::string:
        static_cast<void>(value.get_string().value());
        return;
    case simdjson::ondemand::json_type::number:
        static_cast<void>(value.get_number().value());
        return;
    case simdjson::ondemand::json_type::boolean:
        static_cast<void>(value.get_bool().value());
        return;
    case simdjson::ondemand::json_type::null:
        static_cast<void>(value.is_null());
        return;
    }
}

} // namespace

std::optional<std::size_t> fault_position(std::string_view text) {
    const simdjson::padded_string padded(text);
    simdjson::ondemand::parser parser;
    simdjson::ondemand::document document;
    if (parser.iterate(padded).get(document) != simdjson::SUCCESS) return std::nullopt;
    try {
        visit(document.get_value().value());
    } catch (const simdjson::simdjson_error&) {
        const char* at = nullptr;
        if (document.current_location().get(at) == simdjson::SUCCESS && at >= padded.data() &&
            at <= padded.data() + padded.size())
            return static_cast<std::size_t>(at - padded.data());
    }
    return std::nullopt;
}

struct JsonDocument::Impl {
    simdjson::dom::parser parser;
    simdjson::dom::element root;
};

JsonDocument::JsonDocument(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JsonDocument::~JsonDocument() = default;
JsonDocument::JsonDocument(JsonDocument&&) noexcept = default;
JsonDocument& JsonDocument::operator=(JsonDocument&&) noexcept = default;

Result<JsonDocument, JsonFault> JsonDocument::read(std::string_view text,
                                                   const JsonLimits& limits) {
    if (const auto fault = exceeds(text, limits)) return Failure{*fault};
    auto impl = std::make_unique<Impl>();
    if (impl->parser.parse(text.data(), text.size()).get(impl->root) != simdjson::SUCCESS)
        return Failure{JsonFault::not_json};
    return JsonDocument(std::move(impl));
}

const simdjson::dom::element& JsonDocument::root() const {
    return impl_->root;
}

} // namespace viz::eth
