// A self-signed certificate made for a test.
#pragma once

#include <string>

namespace viz::test {

struct TestCertificate {
    std::string certificate_pem;
    std::string key_pem;
};

// `host` is its only name; it is valid for an hour.
TestCertificate make_test_certificate(const std::string& host);

} // namespace viz::test
