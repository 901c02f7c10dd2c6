// JSON text from outside (nodes, relays, files) as a document, within limits that are checked
// before any memory is spent on it: a hostile text costs one pass over its bytes at most.
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
    std::size_t depth{64};         // arrays and objects within each other
    std::size_t values{2'000'000}; // elements, members, arrays and objects
};

enum class JsonFault : std::uint8_t {
    not_json, // or not UTF-8, a number that fits no 64 bits, or something after the value
    too_large,
    too_deep,
    too_many_values,
};
std::string_view to_string(JsonFault fault);

// Whether `text` exceeds the limits. It need not be JSON: not_json is never the answer.
std::optional<JsonFault> exceeds(std::string_view text, const JsonLimits& limits = {});

// A read document. It owns all its memory, in proportion to the text and its values (a few tens of
// bytes a value), and frees it at its end. Of equal keys the first is found.
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
