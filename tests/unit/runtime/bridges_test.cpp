#include "runtime/bridges.hpp"

#include <gmock/gmock.h>

namespace viz::runtime {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

Config movable(std::vector<std::string> components) {
    Config config;
    config.components = std::move(components);
    for (const auto& spec : bus::kTopology)
        config.endpoints.set(spec.stream, {"ipc:///run/" + std::string(spec.name)});
    return config;
}

// "export tx: lifecycle features"
std::vector<std::string> described(const Config& config) {
    std::vector<std::string> all;
    for (const auto& route : bridge_routes(config)) {
        auto text = (route.exports ? "export " : "import ") +
                    std::string(to_string(route.plan.stream)) + ":";
        for (const auto& component : route.plan.components) text += " " + component;
        all.push_back(text);
    }
    return all;
}

TEST(BridgeRoutes, ServiceInOneProcessHasNone) {
    EXPECT_THAT(described(movable({})), IsEmpty());
    EXPECT_THAT(described(movable(known_components())), IsEmpty());
}

TEST(BridgeRoutes, StreamWithoutAnEndpointStaysInTheProcess) {
    Config config;
    config.components = {"features"};
    EXPECT_THAT(described(config), IsEmpty());
    config.endpoints.set(bus::Stream::tx, {"ipc:///run/tx"});
    EXPECT_THAT(described(config), ElementsAre("import tx: features"));
}

TEST(BridgeRoutes, BothSidesOfAComponentOnItsOwn) {
    EXPECT_THAT(
        described(movable({"features"})),
        ElementsAre("import tx: features", "import chain: features", "export journal: storage"));
    EXPECT_THAT(
        described(movable({"ingest", "decode", "lifecycle", "storage", "http"})),
        ElementsAre("export tx: features", "export chain: features", "import journal: storage"));
    EXPECT_THAT(described(movable({"decode"})),
                ElementsAre("import pending: decode", "export tx: features lifecycle",
                            "export query: ingest", "export journal: storage"));
    EXPECT_THAT(described(movable({"ingest", "lifecycle", "features", "storage", "http"})),
                ElementsAre("export pending: decode", "import tx: features lifecycle",
                            "import query: ingest", "import journal: storage"));
    EXPECT_THAT(described(movable({"http"})),
                ElementsAre("import chain: http", "import events: http"));
}

TEST(BridgeRoutes, BuilderIsThereWhereSomethingIsSearched) {
    EXPECT_THAT(described(movable({"builder"})), IsEmpty());
    auto config = movable({"builder"});
    config.search = "on";
    EXPECT_THAT(described(config), ElementsAre("import chain: builder", "import simulated: builder",
                                               "export journal: storage"));
}

TEST(BridgeRoutes, SearchOnItsOwnHearsWhatLifecycleSays) {
    auto config = movable({"search"});
    config.search = "on";
    EXPECT_THAT(described(config), Contains("import verdict: search"));
    config.components = {"ingest", "decode", "lifecycle", "storage", "http"};
    EXPECT_THAT(described(config), Contains("export verdict: search"));
}

TEST(BridgeRoutes, SixProcessesReachEachOther) {
    // Every export has an importer that listens for it, and the other way round.
    std::map<std::string, std::set<std::string>> exported;
    std::map<std::string, std::set<std::string>> imported;
    for (const auto& component : known_components())
        for (const auto& route : bridge_routes(movable({component}))) {
            const std::string stream(to_string(route.plan.stream));
            if (route.exports)
                exported[stream].insert(route.plan.components.begin(), route.plan.components.end());
            else
                imported[stream].insert(component);
        }
    EXPECT_EQ(exported, imported);
    EXPECT_EQ(exported.size(), 6u);
}

} // namespace
} // namespace viz::runtime
