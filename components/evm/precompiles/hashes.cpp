// Uses Crypto++ instead of OpenSSL's EVP: a host's OpenSSL may lack RIPEMD-160, and its one-shot
// SHA-256 spends more time on fetching the algorithm than on a short input.
#include "components/evm/precompiles/contracts.hpp"

#include <cryptopp/ripemd.h>
#include <cryptopp/sha.h>

#include "components/evm/precompiles/bytes.hpp"

namespace viz::evm::precompiles {

std::uint64_t sha256_gas(BytesView input, Fork /*fork*/) {
    return linear_gas(input.size(), 60, 12);
}

bool sha256_run(BytesView input, Fork /*fork*/, Bytes& output) {
    output.resize(32);
    CryptoPP::SHA256().CalculateDigest(output.data(), input.data(), input.size());
    return true;
}

std::uint64_t ripemd160_gas(BytesView input, Fork /*fork*/) {
    return linear_gas(input.size(), 600, 120);
}

bool ripemd160_run(BytesView input, Fork /*fork*/, Bytes& output) {
    output.resize(32); // the digest is in the word's low-order bytes
    CryptoPP::RIPEMD160().CalculateDigest(output.data() + 12, input.data(), input.size());
    return true;
}

std::uint64_t identity_gas(BytesView input, Fork /*fork*/) {
    return linear_gas(input.size(), 15, 3);
}

bool identity_run(BytesView input, Fork /*fork*/, Bytes& output) {
    output.assign(input.begin(), input.end());
    return true;
}

} // namespace viz::evm::precompiles
