// The dashboard as HTTP sees it: which file is which, who gets the list of routes, what a browser
// may load for it.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "answers.hpp"
#include "http/embedded.hpp"
#include "tests/support/paths.hpp"

namespace viz::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Pair;
using testing::StartsWith;

const std::filesystem::path kFolder = source_dir() / "http" / "page";

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Asks for the index as a client that sends this Accept.
http::Response index(std::optional<std::string> accept, http::Method method = http::Method::get) {
    ApiParts parts;
    return parts.api.handle({.method = method, .path = "/", .accept = std::move(accept)});
}

TEST(Page, IsWhatTheRepositoryHas) {
    std::set<std::string> kept;
    for (const auto& entry : std::filesystem::directory_iterator(kFolder))
        kept.insert(entry.path().filename().string());
    ASSERT_TRUE(kept.contains("index.html"));
    ApiParts parts;
    for (const auto& name : kept) {
        const auto response = parts.get("/page/" + name);
        EXPECT_EQ(response.status, 200) << name;
        EXPECT_EQ(response.body, text_of(kFolder / name)) << name;
    }
    std::set<std::string> served;
    for (const auto& file : http::embedded_files())
        if (file.name.starts_with("page/")) served.insert(std::string(file.name.substr(5)));
    EXPECT_EQ(served, kept);
}

TEST(Page, NamesTheTypeOfEachFile) {
    ApiParts parts;
    const std::map<std::string, std::string> types{{"index.html", "text/html; charset=utf-8"},
                                                   {"page.css", "text/css; charset=utf-8"},
                                                   {"main.mjs", "text/javascript; charset=utf-8"},
                                                   {"icon.svg", "image/svg+xml"}};
    for (const auto& [name, type] : types)
        EXPECT_EQ(parts.get("/page/" + name).content_type, type) << name;
}

TEST(Page, LetsABrowserLoadOnlyOursAndNotKeepIt) {
    ApiParts parts;
    for (const auto* path : {"/", "/page/main.mjs", "/page/page.css", "/page/icon.svg"}) {
        const auto& headers = parts.get(path).headers;
        EXPECT_THAT(headers,
                    Contains(Pair("Content-Security-Policy", StartsWith("default-src 'self'; "))));
        EXPECT_THAT(headers, Contains(Pair("Cache-Control", "no-cache"))) << path;
        EXPECT_THAT(headers, Contains(Pair("Referrer-Policy", "no-referrer"))) << path;
    }
}

TEST(Page, HasNothingThatThePolicyWouldRefuse) {
    const auto html = text_of(kFolder / "index.html");
    for (const auto* inline_code :
         {"style=", "<style", "onclick=", "javascript:", "http:", "https:"})
        EXPECT_THAT(html, testing::Not(HasSubstr(inline_code)));
    // A script is a file.
    for (auto at = html.find("<script"); at != std::string::npos; at = html.find("<script", at + 1))
        EXPECT_THAT(html.substr(at, html.find('\n', at) - at), HasSubstr("></script>"));
}

TEST(Page, NeverReadsTextAsMarkup) {
    for (const auto& file : http::embedded_files()) {
        if (!file.name.ends_with(".mjs")) continue;
        for (const auto* sink : {"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write",
                                 "DOMParser", "createContextualFragment", "eval(", "Function("})
            EXPECT_THAT(std::string(file.content), testing::Not(HasSubstr(sink))) << file.name;
    }
}

TEST(Page, OtherFilesAreNotThere) {
    ApiParts parts;
    for (const auto* path : {"/page/none.mjs", "/page/", "/page/..%2fopenapi.json", "/page/main",
                             "/page/openapi.json", "/page/page%2fpage.css", "/page/%00"}) {
        const auto response = parts.get(path);
        EXPECT_EQ(response.status, 404) << path;
        EXPECT_EQ(json::parse(response.body)["error"]["code"], "not_found") << path;
    }
}

TEST(Page, NeedsNoKey) {
    ApiParts parts({.auth_enabled = true, .api_keys = {"k"}});
    for (const auto* path : {"/", "/page/main.mjs"}) EXPECT_EQ(parts.get(path).status, 200) << path;
}

TEST(Index, IsThePageUnlessJsonAloneIsAskedFor) {
    const std::string browser =
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
    for (const auto& accept : std::vector<std::optional<std::string>>{
             std::nullopt, "*/*", browser, "application/json, text/html;q=0.1", "text/plain", "",
             "application/jsonp", ",;,"}) {
        const auto response = index(accept);
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.content_type, "text/html; charset=utf-8") << accept.value_or("none");
        EXPECT_EQ(response.body, text_of(kFolder / "index.html"));
    }
}

TEST(Index, IsTheListOfRoutesForClientsThatAskForJson) {
    for (const auto* accept : {"application/json", " Application/JSON ;q=0.9, */*",
                               "text/plain;q=0.5,application/json;charset=utf-8"}) {
        const auto response = index(accept);
        EXPECT_EQ(response.status, 200);
        EXPECT_EQ(response.content_type, "application/json") << accept;
        const auto document = json::parse(response.body);
        std::vector<std::string> listed;
        for (const auto& route : document["routes"]) {
            listed.push_back(route["path"]);
            EXPECT_TRUE(route["access"] == "open" || route["access"] == "keyed");
        }
        std::vector<std::string> served;
        for (const auto& route : http::Api::routes()) served.emplace_back(route.pattern);
        EXPECT_EQ(listed, served);
    }
}

TEST(Index, VariesWithAccept) {
    for (const auto* accept : {"text/html", "application/json"})
        EXPECT_THAT(index(accept).headers, Contains(Pair("Vary", "Accept")));
}

} // namespace
} // namespace viz::test
