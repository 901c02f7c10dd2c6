#include "bus/action.hpp"

#include <algorithm>
#include <charconv>

#include "bus/event_json.hpp"

namespace viz::bus {

namespace {

bool is_number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool leading_zero = text.size() > 1 && text.front() == '0';
    return error == std::errc{} && end == text.data() + text.size() && !leading_zero;
}

bool is_sound(const ActionField& field) {
    if (field.name.empty() || field.values.size() > kMaxActionValues) return false;
    if (!field.is_list && field.values.size() != 1) return false;
    return std::ranges::all_of(field.values, [&](const std::string& value) {
        switch (field.kind) {
        case ActionField::Kind::text:
            return true;
        case ActionField::Kind::number:
            return is_number(value);
        case ActionField::Kind::boolean:
            return value == "true" || value == "false";
        }
        return false;
    });
}

void append_value(std::string& out, const ActionField& field, const std::string& value) {
    if (field.kind == ActionField::Kind::text)
        append_json_string(out, value);
    else
        out += value;
}

void append_field(std::string& out, const ActionField& field) {
    append_json_string(out, field.name);
    out += ':';
    if (!field.is_list) return append_value(out, field, field.values.front());
    out += '[';
    for (std::size_t i = 0; i < field.values.size(); ++i) {
        if (i != 0) out += ',';
        append_value(out, field, field.values[i]);
    }
    out += ']';
}

} // namespace

bool is_sound(const Action& action) {
    return !action.type.empty() && action.fields.size() <= kMaxActionFields &&
           std::ranges::all_of(action.fields,
                               [](const ActionField& field) { return is_sound(field); });
}

void append_json(std::string& out, const std::vector<Action>& actions) {
    out += '[';
    for (const auto& action : actions) {
        if (out.back() != '[') out += ',';
        out += R"({"type":)";
        append_json_string(out, action.type);
        for (const auto& field : action.fields) {
            out += ',';
            append_field(out, field);
        }
        out += '}';
    }
    out += ']';
}

} // namespace viz::bus
