// The query string of a request, as values. Unknown parameters are ignored, numbers out of range
// are clamped, malformed ones are errors (400). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bus/messages.hpp"

namespace viz::http {

// %XX and '+' decoded; nothing on a broken escape.
std::optional<std::string> percent_decode(std::string_view text);

// Decimal digits and nothing else; what is too large for 64 bits is the largest number there is,
// so that it is clamped and not refused.
std::optional<std::uint64_t> parse_decimal(std::string_view text);

class Query {
  public:
    // At most this many parameters are looked at; the rest is ignored.
    static constexpr std::size_t kMaxParameters = 64;

    Query() = default;
    // `text` without or with the leading '?'. A broken escape in a name or value is remembered
    // against that parameter: it is an error only when the parameter is asked for.
    static Query parse(std::string_view text);

    bool has(std::string_view name) const { return find(name) != nullptr; }

    // A malformed parameter reads as absent and leaves an error behind: read what is needed,
    // then look at error() once.
    const std::optional<std::string>& error() const { return error_; }

    // The first one of that name; malformed: its escapes are broken.
    std::optional<std::string_view> text(std::string_view name);
    // A decimal number, clamped to low..high; malformed: anything but digits.
    std::uint64_t number(std::string_view name, std::uint64_t fallback, std::uint64_t low = 0,
                         std::uint64_t high = UINT64_MAX);
    std::optional<std::uint64_t> optional_number(std::string_view name);
    std::optional<bus::ChainId> chain_id();
    // Comma list of event names, case-insensitive; empty when absent; malformed: a name that is
    // no event's.
    std::vector<bus::EventType> event_types();

  private:
    struct Parameter {
        std::string name;
        std::optional<std::string> value; // nothing: broken escape
    };
    const Parameter* find(std::string_view name) const;
    void refuse(std::string message);

    std::optional<std::string> error_; // the first one
    std::vector<Parameter> parameters_;
};

} // namespace viz::http
