// Parses JSON from external sources (nodes, relays, files) into a document, within limits that are
// checked before memory is allocated: a hostile text costs at most one pass over its bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "components/eth/result.hpp"

namespace simdjson::dom {
class element;
}

namespace viz::eth {

struct JsonLimits {
    std::size_t bytes{32u << 20};
    std::size_t depth{64};         // nesting of arrays and objects
    std::size_t values{2'000'000}; // elements, members, arrays and objects in total
};

enum class JsonFault : std::uint8_t {
    not_json, // also: not UTF-8, a number beyond 64 bits, or data after the value
    too_large,
    too_deep,
    too_many_values,
};
std::string_view to_string(JsonFault fault);

// Whether `text` exceeds the limits. The text need not be valid JSON: the result is never not_json.
std::optional<JsonFault> exceeds(std::string_view text, const JsonLimits& limits = {});

// Where a text within the limits stops being JSON, as a byte offset; nothing where the parser
// cannot say. For texts that people write.
std::optional<std::size_t> fault_position(std::string_view text);

// A parsed document. It owns its memory, proportional to the text and its values (a few tens of
// bytes per value), and frees it on destruction. A lookup of a duplicate key finds the first.
class JsonDocument {
  public:
    static Result<JsonDocument, JsonFault> read(std::string_view text,
                                                const JsonLimits& limits = {});
    ~JsonDocument();
    JsonDocument(JsonDocument&&) noexcept;
    JsonDocument& operator=(JsonDocument&&) noexcept;

    // Valid as long as the document.
    const simdjson::dom::element& root() const;

  private:
    struct Impl;
    explicit JsonDocument(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace viz::eth
