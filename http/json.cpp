#include "http/json.hpp"

#include <cmath>

#include "bus/event_json.hpp"
#include "components/eth/u256_math.hpp"

namespace viz::http {

namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

} // namespace

void JsonOut::key(std::string_view name) {
    separate();
    out_.push_back('"');
    out_.append(name);
    out_.append("\":");
    comma_ = false;
}

void JsonOut::value(std::string_view text) {
    separate();
    comma_ = true;
    bus::append_json_string(out_, text);
}

void JsonOut::value(double v) {
    if (!std::isfinite(v)) return null();
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, v).ptr;
    raw({digits, static_cast<std::size_t>(end - digits)});
}

void JsonOut::value(const eth::U256& v) {
    separate();
    comma_ = true;
    out_.push_back('"');
    if (v.fits_u64()) {
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, v.low_u64()).ptr;
        out_.append(digits, end);
    } else {
        out_.append(eth::to_decimal(v));
    }
    out_.push_back('"');
}

void JsonOut::signed_field(std::string_view name, const std::optional<eth::U256>& v) {
    key(name);
    if (v && eth::is_negative(*v))
        value(eth::to_signed_decimal(*v));
    else
        value(v);
}

void JsonOut::hex(eth::BytesView bytes) {
    separate();
    comma_ = true;
    const auto start = out_.size();
    out_.resize(start + 4 + 2 * bytes.size());
    char* to = out_.data() + start;
    *to++ = '"';
    *to++ = '0';
    *to++ = 'x';
    for (const auto byte : bytes) {
        *to++ = kHexDigits[byte >> 4];
        *to++ = kHexDigits[byte & 15];
    }
    *to = '"';
}

} // namespace viz::http
