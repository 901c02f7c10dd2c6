// Recovers the signer: ECDSA public key recovery on secp256k1 (libsecp256k1), Yellow Paper appendix
// F.
#pragma once

#include <memory>

#include "components/eth/decode_error.hpp"
#include "components/eth/transaction.hpp"

namespace viz::eth {

// Holds the library's context. Const calls are thread-safe. One recovery takes about 30 µs, which
// is most of the cost of decoding a transaction.
class SenderRecoverer {
  public:
    SenderRecoverer();
    ~SenderRecoverer();
    SenderRecoverer(SenderRecoverer&&) noexcept;
    SenderRecoverer& operator=(SenderRecoverer&&) noexcept;

    // Whether s may be above half the curve's order. Forbidden since Homestead (EIP-2).
    enum class SRule : std::uint8_t { low, any };

    // Errors: bad_signature, high_s, bad_y_parity.
    Result<Address, DecodeError> recover(const Hash& message, const Signature& signature,
                                         SRule rule = SRule::low) const;
    Result<Address, DecodeError> sender(const Transaction& tx, SRule rule = SRule::low) const;
    // The authority of an EIP-7702 tuple; on an error the chain skips the tuple.
    Result<Address, DecodeError> authority(const Authorization& authorization) const;

  private:
    struct Context;
    std::unique_ptr<Context> context_;
};

} // namespace viz::eth
