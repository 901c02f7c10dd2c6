// Writes values as members of a JSON object. Private to bus/'s JSON writers.
#pragma once

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "bus/event_json.hpp"
#include "components/eth/hex.hpp"
#include "components/eth/u256.hpp"
#include "components/eth/u256_math.hpp"

namespace viz::bus::detail {

// Writes the members of one object, in order.
class Members {
  public:
    explicit Members(std::string& out) : out_(out) { out_ += '{'; }

    template <class T> void add(std::string_view name, const T& v) {
        key(name);
        value(v);
    }
    // `write` appends the value itself, for nested values.
    template <class Write> void add_with(std::string_view name, Write write) {
        key(name);
        write(out_);
    }
    void add_wei(std::string_view name, const std::optional<Wei>& v) {
        key(name);
        if (!v) {
            out_ += "null";
            return;
        }
        out_ += '"';
        if (v->fits_u64())
            number(v->low_u64());
        else
            out_ += eth::to_decimal(*v);
        out_ += '"';
    }
    // A two's complement integer as decimal digits, with a minus when negative.
    void add_signed_wei(std::string_view name, const std::optional<Wei>& v) {
        if (!v || !eth::is_negative(*v)) return add_wei(name, v);
        key(name);
        out_ += '"' + eth::to_signed_decimal(*v) + '"';
    }
    void end() { out_ += '}'; }

  private:
    void key(std::string_view name) {
        if (!first_) out_ += ',';
        first_ = false;
        out_ += '"';
        out_ += name;
        out_ += "\":";
    }
    template <class N> void number(N n) {
        std::array<char, 24> buffer;
        const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), n).ptr;
        out_.append(buffer.data(), end);
    }
    void value(bool v) { out_ += v ? "true" : "false"; }
    void value(std::string_view v) { append_json_string(out_, v); }
    void value(const std::string& v) { append_json_string(out_, v); }
    template <std::size_t N> void value(const eth::FixedBytes<N>& v) {
        out_ += '"';
        eth::append_hex(out_, v.view());
        out_ += '"';
    }
    template <class Tag, class Rep> void value(const eth::Strong<Tag, Rep>& v) { number(v.value); }
    template <class N>
    requires std::is_integral_v<N>
    void value(N v) { number(v); }
    void value(TxType v) { number(static_cast<unsigned>(v)); }
    template <class T> void value(const std::optional<T>& v) {
        if (v)
            value(*v);
        else
            out_ += "null";
    }
    template <class T> void value(const std::vector<T>& list) {
        out_ += '[';
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (i != 0) out_ += ',';
            value(list[i]);
        }
        out_ += ']';
    }

    std::string& out_;
    bool first_{true};
};

} // namespace viz::bus::detail
