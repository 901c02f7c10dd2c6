#include "components/eth/keccak.hpp"

#include <cryptopp/keccak.h>

namespace viz::eth {

Hash keccak256(BytesView bytes) {
    thread_local CryptoPP::Keccak_256 hasher;
    Hash hash;
    hasher.Update(bytes.data(), bytes.size());
    hasher.Final(hash.bytes.data()); // resets it for the next
    return hash;
}

} // namespace viz::eth
