#include "http/query.hpp"

#include <algorithm>
#include <charconv>

namespace viz::http {

namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

} // namespace

std::optional<std::string> percent_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '+') {
            out.push_back(' ');
        } else if (c == '%') {
            if (i + 2 >= text.size()) return std::nullopt;
            const int high = hex_digit(text[i + 1]);
            const int low = hex_digit(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            out.push_back(static_cast<char>(high * 16 + low));
            i += 2;
        } else {
            out.push_back(c);
        }
    }
    return out;
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
    std::uint64_t v = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), v);
    return result.ec == std::errc{} ? v : UINT64_MAX;
}

Query Query::parse(std::string_view text) {
    Query query;
    if (text.starts_with('?')) text.remove_prefix(1);
    while (!text.empty() && query.parameters_.size() < kMaxParameters) {
        const auto end = std::min(text.find('&'), text.size());
        const auto pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (pair.empty()) continue;
        const auto equals = std::min(pair.find('='), pair.size());
        auto name = percent_decode(pair.substr(0, equals));
        if (!name) continue; // no known parameter has this name
        query.parameters_.push_back(
            {std::move(*name), percent_decode(pair.substr(std::min(equals + 1, pair.size())))});
    }
    return query;
}

const Query::Parameter* Query::find(std::string_view name) const {
    const auto found = std::find_if(parameters_.begin(), parameters_.end(),
                                    [&](const Parameter& p) { return p.name == name; });
    return found == parameters_.end() ? nullptr : &*found;
}

void Query::refuse(std::string message) {
    if (!error_) error_ = std::move(message);
}

std::optional<std::string_view> Query::text(std::string_view name) {
    const auto* parameter = find(name);
    if (parameter == nullptr) return std::nullopt;
    if (!parameter->value) {
        refuse(std::string(name) + " has an invalid percent escape");
        return std::nullopt;
    }
    return *parameter->value;
}

std::uint64_t Query::number(std::string_view name, std::uint64_t fallback, std::uint64_t low,
                            std::uint64_t high) {
    const auto v = optional_number(name);
    return v ? std::clamp(*v, low, high) : fallback;
}

std::optional<std::uint64_t> Query::optional_number(std::string_view name) {
    const auto given = text(name);
    if (!given) return std::nullopt;
    const auto v = parse_decimal(*given);
    if (!v) refuse(std::string(name) + " must be a decimal number");
    return v;
}

std::optional<bus::ChainId> Query::chain_id() {
    const auto v = optional_number("chain_id");
    if (!v) return std::nullopt;
    return bus::ChainId{*v};
}

std::vector<bus::EventType> Query::event_types() {
    std::vector<bus::EventType> types;
    auto list = text("types").value_or(std::string_view{});
    while (!list.empty()) {
        const auto end = std::min(list.find(','), list.size());
        auto name = list.substr(0, end);
        list.remove_prefix(std::min(end + 1, list.size()));
        while (name.starts_with(' ')) name.remove_prefix(1);
        while (name.ends_with(' ')) name.remove_suffix(1);
        if (name.empty()) continue;
        const auto type = bus::event_type_from_string(name);
        if (!type) {
            refuse("types: unknown event type '" + std::string(name.substr(0, 64)) + "'");
            return {};
        }
        if (std::find(types.begin(), types.end(), *type) == types.end()) types.push_back(*type);
    }
    return types;
}

} // namespace viz::http
