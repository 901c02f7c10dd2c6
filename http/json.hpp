// Writes JSON by appending to a string: no tree, no allocation except the string's growth. The
// writer places commas; the caller is responsible for nesting.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "components/eth/types.hpp"

namespace viz::http {

class JsonOut {
  public:
    explicit JsonOut(std::string& out) : out_(out) {}

    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }

    // `name` is written unescaped: a literal without characters to escape.
    void key(std::string_view name);

    // Invalid UTF-8 is written as U+FFFD: the output is always valid JSON.
    void value(std::string_view text);
    void value(const char* text) { value(std::string_view(text)); }
    void value(bool v) { raw(v ? "true" : "false"); }
    template <std::integral T>
    requires(!std::same_as<T, bool>) void value(T v) {
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, v).ptr;
        raw({digits, static_cast<std::size_t>(end - digits)});
    }
    void value(double v);
    template <class Tag, class Rep> void value(const eth::Strong<Tag, Rep>& v) { value(v.value); }
    template <std::size_t N> void value(const eth::FixedBytes<N>& v) { hex(v.view()); }
    // A decimal string, the format of every `_wei` field.
    void value(const eth::U256& v);
    template <class T> void value(const std::optional<T>& v) {
        if (v)
            value(*v);
        else
            null();
    }
    void null() { raw("null"); }
    void hex(eth::BytesView bytes);
    // `json` is valid JSON already.
    void raw(std::string_view json) {
        separate();
        out_.append(json);
        comma_ = true;
    }

    template <class T> void field(std::string_view name, const T& v) {
        key(name);
        value(v);
    }
    // A two's complement integer as decimal digits, with a minus when negative.
    void signed_field(std::string_view name, const std::optional<eth::U256>& v);
    void null_field(std::string_view name) {
        key(name);
        null();
    }

  private:
    void open(char c) {
        separate();
        out_.push_back(c);
        comma_ = false;
    }
    void close(char c) {
        out_.push_back(c);
        comma_ = true;
    }
    void separate() {
        if (comma_) out_.push_back(',');
    }

    std::string& out_;
    bool comma_{};
};

} // namespace viz::http
