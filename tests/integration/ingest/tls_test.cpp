// wss and https: only a certificate that is trusted and names the host is spoken to.
#include <fstream>

#include <gtest/gtest.h>

#include "tests/integration/ingest/bench_of_ingest.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/tls_front.hpp"

namespace viz::ingest {
namespace {

using test::eventually;
using test::FakeNode;
using test::hash_of;
using test::TlsFront;

IngestConfig secure_config(const FakeNode& node, const TlsFront& front, const std::string& ca) {
    auto chain = chain_of({&node});
    const auto port = std::to_string(front.port());
    chain.endpoints[0].ws_url = "wss://localhost:" + port;
    chain.endpoints[0].http_url = "https://localhost:" + port;
    auto config = config_of(chain);
    config.tls_ca_file = ca;
    return config;
}

std::string written(const test::TempDir& folder, const std::string& pem) {
    const auto path = folder.file("ca.pem");
    std::ofstream(path) << pem;
    return path;
}

TEST(IngestTls, RefusesACertificateNobodyVouchesFor) {
    FakeNode node;
    TlsFront front(node.port(), "localhost");
    IngestBench ingest(secure_config(node, front, ""));
    ASSERT_TRUE(eventually([&] { return ingest.saw_error("tls_failed"); }));
    EXPECT_EQ(node.connections_accepted(), 0u);
}

TEST(IngestTls, RefusesATrustedCertificateOfAnotherHost) {
    const test::TempDir folder;
    FakeNode node;
    TlsFront front(node.port(), "node.example");
    IngestBench ingest(secure_config(node, front, written(folder, front.certificate_pem())));
    ASSERT_TRUE(eventually([&] { return ingest.saw_error("tls_failed"); }));
    EXPECT_EQ(node.subscribers(), 0u);
}

TEST(IngestTls, WorksWithATrustedCertificateOfTheHost) {
    const test::TempDir folder;
    FakeNode node({.dialect = test::Dialect::hashes});
    TlsFront front(node.port(), "localhost");
    IngestBench ingest(secure_config(node, front, written(folder, front.certificate_pem())));
    ASSERT_TRUE(eventually([&] { return node.subscribers() == 1; }));
    node.announce(hex_of(hash_of(1)), tx(1)); // the body comes over https
    EXPECT_TRUE(eventually([&] { return ingest.bodies_of(hash_of(1)).size() == 1; }));
}

TEST(IngestTls, APlainServerIsNotSpokenToAsTls) {
    FakeNode node;
    auto chain = chain_of({&node});
    chain.endpoints[0].ws_url = "wss://localhost:" + std::to_string(node.port());
    IngestBench ingest(config_of(chain));
    EXPECT_TRUE(eventually(
        [&] { return ingest.saw_error("tls_failed") || ingest.saw_error("closed_by_peer"); }));
    EXPECT_EQ(node.subscribers(), 0u);
}

} // namespace
} // namespace viz::ingest
