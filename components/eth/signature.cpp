#include "components/eth/signature.hpp"

#include <algorithm>
#include <array>

#include <secp256k1.h>
#include <secp256k1_recovery.h>

#include "components/eth/keccak.hpp"
#include "components/eth/transaction_rlp.hpp"

namespace viz::eth {

namespace {

constexpr U256 kHalfOrder = [] { // floor(n / 2) of secp256k1, SEC 2
    U256 half;
    half.limbs = {0xdfe92f46681b20a0, 0x5d576e7357a4501d, 0xffffffffffffffff, 0x7fffffffffffffff};
    return half;
}();

} // namespace

struct SenderRecoverer::Context {
    secp256k1_context* handle = secp256k1_context_create(SECP256K1_CONTEXT_VERIFY);
    Context() = default;
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ~Context() { secp256k1_context_destroy(handle); }
};

SenderRecoverer::SenderRecoverer() : context_(std::make_unique<Context>()) {}
SenderRecoverer::~SenderRecoverer() = default;
SenderRecoverer::SenderRecoverer(SenderRecoverer&&) noexcept = default;
SenderRecoverer& SenderRecoverer::operator=(SenderRecoverer&&) noexcept = default;

Result<Address, DecodeError>
SenderRecoverer::recover(const Hash& message, const Signature& signature, SRule rule) const {
    if (signature.y_parity > 1) return Failure{DecodeError::bad_y_parity};
    if (rule == SRule::low && signature.s > kHalfOrder) return Failure{DecodeError::high_s};
    std::array<std::uint8_t, 64> compact;
    const auto r = to_be(signature.r);
    const auto s = to_be(signature.s);
    std::copy(r.begin(), r.end(), compact.begin());
    std::copy(s.begin(), s.end(), compact.begin() + 32);

    secp256k1_ecdsa_recoverable_signature parsed;
    if (secp256k1_ecdsa_recoverable_signature_parse_compact(
            context_->handle, &parsed, compact.data(), signature.y_parity) == 0)
        return Failure{DecodeError::bad_signature};
    secp256k1_pubkey key;
    if (secp256k1_ecdsa_recover(context_->handle, &key, &parsed, message.bytes.data()) == 0)
        return Failure{DecodeError::bad_signature};

    std::array<std::uint8_t, 65> point; // 0x04, x, y
    std::size_t size = point.size();
    secp256k1_ec_pubkey_serialize(context_->handle, point.data(), &size, &key,
                                  SECP256K1_EC_UNCOMPRESSED);
    const auto digest = keccak256(BytesView(point).subspan(1));
    Address address;
    std::copy(digest.bytes.begin() + 12, digest.bytes.end(), address.bytes.begin());
    return address;
}

Result<Address, DecodeError> SenderRecoverer::sender(const Transaction& tx, SRule rule) const {
    return recover(signing_hash(tx), tx.signature, rule);
}

Result<Address, DecodeError> SenderRecoverer::authority(const Authorization& authorization) const {
    return recover(authorization_signing_hash(authorization),
                   {authorization.y_parity, authorization.r, authorization.s});
}

} // namespace viz::eth
