// What a transaction asks for, as a kind with named fields: the form in which decoded actions
// travel, are kept and are shown. Who works on them (search, simulation) decodes the calldata with
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
        text,    // addresses and amounts too: 0x hex, decimal digits
        number,  // decimal digits of an unsigned 64-bit integer
        boolean, // "true" or "false"
    };
    std::string name;
    Kind kind{};
    bool is_list{}; // otherwise there is one value
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

// Whether it keeps to the bounds and its numbers and booleans are such: what comes from another
// process may not.
bool is_sound(const Action& action);

// [{"type":…, field:…}, …]
void append_json(std::string& out, const std::vector<Action>& actions);

} // namespace viz::bus
