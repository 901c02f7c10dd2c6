#include "bus/curve.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include <sys/stat.h>
#include <zmq.h>

namespace viz::bus {

namespace {

constexpr std::size_t kZ85Key = 40;

// The public key of a secret key; empty when the secret key is not valid.
std::string public_of(const std::string& secret) {
    std::array<char, kZ85Key + 1> text{};
    if (secret.size() != kZ85Key || zmq_curve_public(text.data(), secret.c_str()) != 0) return {};
    return text.data();
}

} // namespace

CurveKey read_curve_key(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) != 0) throw CurveError(path + ": " + std::strerror(errno));
    if ((status.st_mode & 077u) != 0)
        throw CurveError(path +
                         ": users other than the owner can read the key; run chmod 600 on it");
    std::ifstream in(path);
    CurveKey key;
    std::string public_word;
    std::string secret_word;
    in >> public_word >> key.public_z85 >> secret_word >> key.secret_z85;
    if (!in || public_word != "public" || secret_word != "secret" ||
        public_of(key.secret_z85) != key.public_z85)
        throw CurveError(path + ": not a key made by viz-tap keygen");
    return key;
}

} // namespace viz::bus
