// The API's answers as JSON, for tests that look into them.
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "components/eth/hex.hpp"
#include "tests/support/http_fixture.hpp"

namespace viz::test {

using nlohmann::json;

inline std::string hex(std::uint64_t n) {
    return eth::to_hex(hash_of(n).view());
}

inline json ok(ApiParts& parts, const std::string& path, const std::string& query = {}) {
    const auto response = parts.get(path, query);
    EXPECT_EQ(response.status, 200) << path << '?' << query << ' ' << response.body;
    EXPECT_EQ(response.content_type, "application/json") << path;
    return json::parse(response.body);
}

inline std::vector<std::string> keys(const json& object) {
    std::vector<std::string> out;
    for (const auto& [key, value] : object.items()) out.push_back(key);
    return out;
}

} // namespace viz::test
