// Reads what text_writer.hpp wrote, by the same layouts: each field in its place, nothing between.
// The first deviation is the error; later fields stay unchanged. Private to components/sim.
#pragma once

#include <charconv>
#include <string>

#include "components/eth/transaction_rlp.hpp"
#include "components/sim/case_text.hpp"
#include "components/sim/text_kinds.hpp"

namespace viz::sim {

class TextReader {
  public:
    explicit TextReader(std::string_view text) : text_(text) {}

    const std::optional<CaseError>& error() const { return error_; }
    std::size_t at() const { return at_; }
    void fail(std::string what) {
        if (!error_) error_ = CaseError{at_, std::move(what)};
    }

    bool next_is(std::string_view expected) const {
        return !error_ && text_.substr(at_).starts_with(expected);
    }
    bool skip(std::string_view expected) {
        if (!next_is(expected)) return false;
        at_ += expected.size();
        return true;
    }
    void literal(std::string_view expected) {
        if (!skip(expected)) fail("expected " + visible(expected));
    }
    // The rest of the line.
    std::string_view line() {
        if (error_) return {};
        const auto rest = text_.substr(at_);
        const auto end = std::min(rest.find('\n'), rest.size());
        at_ += end;
        return rest.substr(0, end);
    }

    template <class T> void value(T& out) {
        if constexpr (std::same_as<T, bool>)
            truth(out);
        else if constexpr (std::unsigned_integral<T>)
            number(out);
        else if constexpr (FixedSize<T>)
            check(eth::fixed_from_hex(quoted(), out.bytes), "0x and the digits of its length");
        else if constexpr (std::same_as<T, eth::Bytes>)
            parsed(eth::bytes_from_hex(quoted()), out, "0x and an even number of digits");
        else if constexpr (std::same_as<T, eth::U256>)
            parsed(eth::u256_from_hex(quoted()), out, "0x and at most 64 digits");
        else if constexpr (std::same_as<T, std::string>)
            out = quoted();
        else if constexpr (Counted<T>)
            value(out.value);
        else if constexpr (IsOptional<T>)
            optional(out);
        else if constexpr (IsVector<T>)
            list(out);
        else
            object(out);
    }

    template <class T> void field(std::string_view name, T& out) {
        key(name);
        value(out);
    }
    bool alternative(bool, std::string_view first, std::string_view second) {
        if (next_is(quote(first))) return true;
        if (!next_is(quote(second))) fail("expected " + quote(first) + " or " + quote(second));
        return false;
    }
    template <class Enum, std::size_t N>
    void choice(std::string_view name, Enum& out, const std::array<std::string_view, N>& names) {
        key(name);
        const auto text = quoted();
        for (std::size_t i = 0; i < N; ++i)
            if (text == names[i]) out = static_cast<Enum>(i);
        check(std::find(names.begin(), names.end(), text) != names.end(), "a known word");
    }
    void transaction(std::string_view name, eth::Transaction& out) {
        eth::Bytes bytes;
        field(name, bytes);
        if (error_) return;
        auto tx = eth::decode_transaction(bytes);
        if (tx)
            out = std::move(*tx);
        else
            fail("not a transaction: " + std::string(to_string(tx.error())));
    }

  private:
    static std::string quote(std::string_view text) { return '"' + std::string(text) + '"'; }
    static std::string visible(std::string_view text) { // on one line
        std::string out;
        for (const char c : text) c == '\n' ? out += "\\n" : out += c;
        return out;
    }
    void check(bool good, std::string_view expected) {
        if (!good) fail("expected " + std::string(expected));
    }
    template <class T> void parsed(std::optional<T> value, T& out, std::string_view expected) {
        check(value.has_value(), expected);
        if (value && !error_) out = std::move(*value);
    }

    void key(std::string_view name) {
        literal((first_ ? "" : ",") + quote(name) + ':');
        first_ = false;
    }
    // Without escapes: texts that need one are compared instead of read.
    std::string_view quoted() {
        literal("\"");
        if (error_) return {};
        const auto end = text_.find('"', at_);
        check(end != std::string_view::npos, "a closing \"");
        if (error_) return {};
        const auto inside = text_.substr(at_, end - at_);
        at_ = end + 1;
        return inside;
    }
    void truth(bool& out) {
        out = skip("true");
        if (!out) literal("false");
    }
    template <class T> void number(T& out) {
        if (error_) return;
        const auto* begin = text_.data() + at_;
        const auto [end, problem] = std::from_chars(begin, text_.data() + text_.size(), out);
        check(problem == std::errc{},
              "a whole number of at most " + std::to_string(8 * sizeof(T)) + " bits");
        at_ += static_cast<std::size_t>(end - begin);
    }
    template <class T> void optional(std::optional<T>& out) {
        out.reset();
        if (!error_ && !skip("null")) value(out.emplace());
    }
    template <class T> void list(std::vector<T>& out) {
        out.clear();
        literal("[");
        if (skip("]")) return;
        do value(out.emplace_back());
        while (skip(","));
        literal("]");
    }
    template <class T> void object(T& out) {
        literal("{");
        first_ = true;
        layout(*this, out);
        first_ = false;
        literal("}");
    }

    std::string_view text_;
    std::size_t at_{};
    std::optional<CaseError> error_;
    bool first_{true}; // field of its object
};

} // namespace viz::sim
