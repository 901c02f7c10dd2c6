// The key of a service: every process of it has the same file, made by `viz-tap keygen`. Who does
// not hold it can neither connect to a tcp endpoint nor pose as one.
#pragma once

#include <stdexcept>
#include <string>

namespace viz::bus {

struct CurveKey {
    std::string public_z85; // 40 characters, ZeroMQ's Z85 form
    std::string secret_z85;
};

class CurveError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Throws CurveError when the file cannot be read, is no key, the two do not belong together, or
// others than its owner may read it.
CurveKey read_curve_key(const std::string& path);

} // namespace viz::bus
