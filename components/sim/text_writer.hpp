// Writes what case_layout.hpp describes, in the form that text_reader.hpp reads. Private to
// components/sim.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "components/eth/transaction_rlp.hpp"
#include "components/sim/text_kinds.hpp"

namespace viz::sim {

class TextWriter {
  public:
    explicit TextWriter(std::string& out) : out_(out) {}

    // Anything that is none of the kinds below is an object with a layout.
    template <class T> void value(const T& what) {
        if constexpr (std::same_as<T, bool>)
            out_ += what ? "true" : "false";
        else if constexpr (std::unsigned_integral<T>)
            out_ += std::to_string(what);
        else if constexpr (FixedSize<T>)
            hex(what.bytes);
        else if constexpr (std::same_as<T, eth::Bytes>)
            hex(what);
        else if constexpr (std::same_as<T, eth::U256>)
            word(what);
        else if constexpr (std::convertible_to<T, std::string_view>)
            text(what);
        else if constexpr (Counted<T>)
            value(what.value);
        else if constexpr (IsOptional<T>)
            what ? value(*what) : void(out_ += "null");
        else if constexpr (IsVector<T>)
            list(what);
        else
            object(what);
    }

    template <class T> void field(std::string_view name, const T& what) {
        out_ += first_ ? "\"" : ",\"";
        out_ += name;
        out_ += "\":";
        first_ = false;
        value(what);
    }
    // Two's complement as decimal digits.
    void amount(std::string_view name, const std::optional<eth::U256>& units) {
        std::optional<std::string> digits;
        if (units) digits = eth::to_signed_decimal(*units);
        field(name, digits);
    }
    // One of two, as the object's only field.
    bool alternative(bool first, std::string_view, std::string_view) { return first; }
    template <class Enum, std::size_t N>
    void choice(std::string_view name, Enum what, const std::array<std::string_view, N>& names) {
        field(name, names.at(static_cast<std::size_t>(what)));
    }
    void transaction(std::string_view name, const eth::Transaction& tx) {
        field(name, eth::encode_transaction(tx));
    }

  private:
    void hex(eth::BytesView bytes) {
        out_ += '"';
        eth::append_hex(out_, bytes);
        out_ += '"';
    }
    // A quantity of JSON-RPC.
    void word(const eth::U256& word) {
        constexpr std::string_view kDigits = "0123456789abcdef";
        out_ += "\"0x";
        const auto digit = [&](unsigned i) { return word.limbs[i / 16] >> (i % 16 * 4) & 15; };
        unsigned digits = 64;
        while (digits > 1 && digit(digits - 1) == 0) --digits;
        while (digits-- > 0) out_ += kDigits[digit(digits)];
        out_ += '"';
    }
    // A byte that is no printable ASCII stands for itself as \u00xx: texts of contracts are not
    // known to be UTF-8.
    void text(std::string_view text) {
        out_ += '"';
        for (const char c : text) {
            const auto byte = static_cast<std::uint8_t>(c);
            if (c == '"' || c == '\\') {
                out_ += '\\';
                out_ += c;
            } else if (byte < 0x20 || byte > 0x7e) {
                out_ += "\\u00" + eth::to_hex(std::array{byte}).substr(2);
            } else {
                out_ += c;
            }
        }
        out_ += '"';
    }
    template <class T> void list(const std::vector<T>& all) {
        out_ += '[';
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (i > 0) out_ += ',';
            value(all[i]);
        }
        out_ += ']';
    }
    template <class T> void object(const T& what) {
        out_ += '{';
        first_ = true;
        layout(*this, what);
        first_ = false;
        out_ += '}';
    }

    std::string& out_;
    bool first_{true}; // field of its object
};

} // namespace viz::sim
