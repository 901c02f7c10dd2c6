// The key of a service: all its processes have the same file, made by `viz-tap keygen`. A process
// without it can neither connect to a tcp endpoint nor impersonate one.
#pragma once

#include <stdexcept>
#include <string>

namespace viz::bus {

struct CurveKey {
    std::string public_z85; // 40 characters, ZeroMQ's Z85 encoding
    std::string secret_z85;
};

class CurveError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Throws CurveError when the file cannot be read or is not a key, when the two keys do not match,
// or when users other than the owner can read the file.
CurveKey read_curve_key(const std::string& path);

} // namespace viz::bus
