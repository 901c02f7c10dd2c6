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

// %XX and '+' decoded; std::nullopt for an invalid escape.
std::optional<std::string> percent_decode(std::string_view text);

// Decimal digits only; a value too large for 64 bits becomes the largest number, so that it is
// clamped and not refused.
std::optional<std::uint64_t> parse_decimal(std::string_view text);

class Query {
  public:
    // At most this many parameters are parsed; the rest is ignored.
    static constexpr std::size_t kMaxParameters = 64;

    Query() = default;
    // `text` with or without the leading '?'. An invalid escape in a name or value is an error only
    // when that parameter is read.
    static Query parse(std::string_view text);

    bool has(std::string_view name) const { return find(name) != nullptr; }

    // A malformed parameter reads as absent and sets the error: read all parameters, then check
    // error() once.
    const std::optional<std::string>& error() const { return error_; }

    // The first parameter of that name; malformed: an invalid escape.
    std::optional<std::string_view> text(std::string_view name);
    // A decimal number, clamped to low..high; malformed: anything but digits.
    std::uint64_t number(std::string_view name, std::uint64_t fallback, std::uint64_t low = 0,
                         std::uint64_t high = UINT64_MAX);
    std::optional<std::uint64_t> optional_number(std::string_view name);
    std::optional<bus::ChainId> chain_id();
    // Comma-separated event names, case-insensitive; empty when absent; malformed: an unknown event
    // name.
    std::vector<bus::EventType> event_types();

  private:
    struct Parameter {
        std::string name;
        std::optional<std::string> value; // std::nullopt: invalid escape
    };
    const Parameter* find(std::string_view name) const;
    void refuse(std::string message);

    std::optional<std::string> error_; // the first error
    std::vector<Parameter> parameters_;
};

} // namespace viz::http
