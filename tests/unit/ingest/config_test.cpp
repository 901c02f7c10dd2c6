#include <gtest/gtest.h>

#include "components/ingest/config.hpp"

namespace viz::ingest {
namespace {

IngestConfig good() {
    IngestConfig config;
    config.chains = {{.chain_key = "eth",
                      .chain_id = eth::ChainId{1},
                      .source_id = "rpc",
                      .endpoints = {{"ws://a", "http://a", ""}, {"wss://b", "https://b", ""}}}};
    return config;
}

TEST(IngestConfig, AGoodOneIsFine) {
    EXPECT_EQ(validate(good()), std::nullopt);
}

TEST(IngestConfig, WhatIsWrongIsNamed) {
    auto config = good();
    config.chains[0].endpoints[1].ws_url = "http://b";
    EXPECT_NE(validate(config)->find("endpoint 1: ws_url"), std::string::npos);
    config = good();
    config.chains.push_back(config.chains[0]);
    EXPECT_NE(validate(config)->find("each key once"), std::string::npos);
    config = good();
    config.rpc_batch_size = 0;
    EXPECT_NE(validate(config)->find("rpc_batch_size"), std::string::npos);
    config = good();
    config.chains.clear();
    EXPECT_NE(validate(config)->find("chains"), std::string::npos);
    config = good();
    config.chains[0].mode = ChainMode::fanout;
    config.chains[0].endpoints[0].source_id = config.chains[0].endpoints[1].source_id = "same";
    EXPECT_NE(validate(config)->find("no other endpoint"), std::string::npos);
}

TEST(IngestConfig, SourcesOfAFanoutAreDistinguished) {
    auto chain = good().chains[0];
    EXPECT_EQ(source_id_of(chain, 1), "rpc");
    chain.mode = ChainMode::fanout;
    EXPECT_EQ(source_id_of(chain, 1), "rpc#1");
    chain.endpoints[1].source_id = "own";
    EXPECT_EQ(source_id_of(chain, 1), "own");
}

} // namespace
} // namespace viz::ingest
