#include "tests/support/reference_evm/arithmetic.hpp"

#include <stdexcept>

namespace viz::test::reference {

namespace {

Big two_to_256() {
    return Big(1) << 256;
}

// Two's complement as an integer with a sign, and back.
Big signed_of(const Word& word) {
    const Big value(word);
    return (value >> 255) != 0 ? Big(value - two_to_256()) : value;
}

Word unsigned_of(const Big& value) {
    Big rest = value % two_to_256();
    if (rest < 0) rest += two_to_256();
    return Word(rest);
}

Word power(const Word& base, const Word& exponent) {
    Big result = 1;
    for (unsigned bit = 256; bit-- > 0;) {
        result = result * result % two_to_256();
        if (((exponent >> bit) & 1) != 0) result = result * Big(base) % two_to_256();
    }
    return Word(result);
}

// The byte of number `index` from the low end is the sign.
Word sign_extend(const Word& index, const Word& value) {
    if (index >= 31) return value;
    const auto sign = 8 * static_cast<unsigned>(index) + 7;
    const Big range = Big(1) << (sign + 1);
    Big low = Big(value) % range;
    if ((low >> sign) != 0) low -= range;
    return unsigned_of(low);
}

Word arithmetic_shift(const Word& shift, const Word& value) {
    const Big number = signed_of(value);
    if (shift >= 256) return number < 0 ? ~Word(0) : Word(0);
    const Big divisor = Big(1) << static_cast<unsigned>(shift);
    Big quotient = number / divisor;
    if (number < 0 && number % divisor != 0) quotient -= 1; // towards minus infinity
    return unsigned_of(quotient);
}

// EIP-7939.
Word leading_zeros(const Word& value) {
    unsigned count = 0;
    while (count < 256 && ((value >> (255 - count)) & 1) == 0) ++count;
    return count;
}

Word truth(bool condition) {
    return condition ? 1 : 0;
}

} // namespace

Word calculate(std::uint8_t opcode, const Word& a, const Word& b, const Word& c) {
    switch (opcode) {
    case 0x01:
        return unsigned_of(Big(a) + Big(b));
    case 0x02:
        return unsigned_of(Big(a) * Big(b));
    case 0x03:
        return unsigned_of(Big(a) - Big(b));
    case 0x04:
        return b == 0 ? Word(0) : Word(Big(a) / Big(b));
    case 0x05: // quotient towards zero; -2^255 / -1 wraps
        return b == 0 ? Word(0) : unsigned_of(signed_of(a) / signed_of(b));
    case 0x06:
        return b == 0 ? Word(0) : Word(Big(a) % Big(b));
    case 0x07: // sign of the dividend
        return b == 0 ? Word(0) : unsigned_of(signed_of(a) % signed_of(b));
    case 0x08:
        return c == 0 ? Word(0) : Word((Big(a) + Big(b)) % Big(c));
    case 0x09:
        return c == 0 ? Word(0) : Word((Big(a) * Big(b)) % Big(c));
    case 0x0a:
        return power(a, b);
    case 0x0b:
        return sign_extend(a, b);
    case 0x10:
        return truth(a < b);
    case 0x11:
        return truth(a > b);
    case 0x12:
        return truth(signed_of(a) < signed_of(b));
    case 0x13:
        return truth(signed_of(a) > signed_of(b));
    case 0x14:
        return truth(a == b);
    case 0x15:
        return truth(a == 0);
    case 0x16:
        return a & b;
    case 0x17:
        return a | b;
    case 0x18:
        return a ^ b;
    case 0x19:
        return unsigned_of(two_to_256() - 1 - Big(a));
    case 0x1a: // from the high end
        return a >= 32 ? Word(0) : Word((b >> (8 * (31 - static_cast<unsigned>(a)))) & 0xff);
    case 0x1b: // EIP-145
        return a >= 256 ? Word(0) : unsigned_of(Big(b) << static_cast<unsigned>(a));
    case 0x1c:
        return a >= 256 ? Word(0) : Word(b >> static_cast<unsigned>(a));
    case 0x1d:
        return arithmetic_shift(a, b);
    case 0x1e:
        return leading_zeros(a);
    default:
        throw std::logic_error("not a word instruction");
    }
}

} // namespace viz::test::reference
