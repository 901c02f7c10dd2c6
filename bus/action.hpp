// An action that a transaction requests, as a kind with named fields: the form in which decoded
// actions are sent, stored and shown. Search and simulation decode the calldata with
// components/features instead.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace viz::bus {

struct ActionField {
    enum class Kind : std::uint8_t {
        text,    // also addresses and amounts: 0x hex, decimal digits
        number,  // decimal digits of an unsigned 64-bit integer
        boolean, // "true" or "false"
    };
    std::string name;
    Kind kind{};
    bool is_list{}; // false: exactly one value
    std::vector<std::string> values;
    friend bool operator==(const ActionField&, const ActionField&) = default;
};

struct Action {
    std::string type; // "swap", "transfer", …
    std::vector<ActionField> fields;
    friend bool operator==(const Action&, const Action&) = default;
};

inline constexpr std::size_t kMaxActions = 64;
inline constexpr std::size_t kMaxActionFields = 24;
inline constexpr std::size_t kMaxActionValues = 64;

// True when the action is within the size limits and its numbers and booleans parse. Actions from
// another process may not be.
bool is_sound(const Action& action);

// [{"type":…, field:…}, …]
void append_json(std::string& out, const std::vector<Action>& actions);

} // namespace viz::bus
