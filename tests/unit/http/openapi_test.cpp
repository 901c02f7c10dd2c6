#include "http/openapi.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <set>

#include "http/api.hpp"

namespace viz::http {
namespace {

using nlohmann::json;

TEST(OpenApi, DescribesEveryRouteServedAndNoOther) {
    const auto document = json::parse(openapi_document());
    std::set<std::string> described;
    for (const auto& [path, item] : document["paths"].items()) {
        EXPECT_TRUE(item.contains("get")) << path;
        described.insert(path);
    }
    std::set<std::string> served;
    for (const auto& route : Api::routes()) served.insert(std::string(route.pattern));
    EXPECT_EQ(described, served);
}

TEST(OpenApi, SaysWhichRoutesNeedAKey) {
    const auto document = json::parse(openapi_document());
    for (const auto& route : Api::routes()) {
        const auto& get = document["paths"][std::string(route.pattern)]["get"];
        EXPECT_EQ(get.contains("security"), route.access == Access::keyed) << route.pattern;
    }
}

void collect_references(const json& node, std::set<std::string>& out) {
    if (node.is_object() && node.contains("$ref")) out.insert(node["$ref"].get<std::string>());
    if (node.is_structured())
        for (const auto& child : node) collect_references(child, out);
}

TEST(OpenApi, RefersOnlyToWhatItDefines) {
    const auto document = json::parse(openapi_document());
    std::set<std::string> references;
    collect_references(document, references);
    EXPECT_FALSE(references.empty());
    for (const auto& reference : references)
        EXPECT_TRUE(document.contains(json::json_pointer(reference.substr(1)))) << reference;
}

} // namespace
} // namespace viz::http
