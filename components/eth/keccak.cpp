#include "components/eth/keccak.hpp"

#include <cryptopp/keccak.h>

namespace viz::eth {

Hash keccak256(BytesView bytes) {
    thread_local CryptoPP::Keccak_256 hasher;
    Hash hash;
    hasher.Update(bytes.data(), bytes.size());
    hasher.Final(hash.bytes.data()); // also resets the hasher for the next use
    return hash;
}

Hash keccak256_of(std::string_view text) {
    return keccak256({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

} // namespace viz::eth
