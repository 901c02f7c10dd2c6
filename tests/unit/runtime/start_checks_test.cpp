// What start refuses, --check-config refuses with the setting's name.
#include "runtime/start_checks.hpp"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "tests/support/temp_dir.hpp"

namespace viz::runtime {
namespace {

using testing::StartsWith;

std::string refusal(const std::vector<std::string>& arguments) {
    const Environment environment{
        {"VIZ_API_CHAINS", R"([{"chain_key":"dev","chain_id":1,"endpoints":[
            {"ws_url":"ws://127.0.0.1:1","http_url":"http://127.0.0.1:1"}]}])"}};
    try {
        check_start(parse_configuration(arguments, environment).config, false);
    } catch (const ConfigError& refused) {
        return refused.message;
    }
    return "accepted";
}

TEST(StartChecks, AcceptWhatStarts) {
    EXPECT_EQ(refusal({}), "accepted");
    EXPECT_EQ(refusal({"--bind", "[::1]:0"}), "accepted");
}

TEST(StartChecks, RefuseAnAddressThatCannotBeBound) {
    EXPECT_THAT(refusal({"--bind", "256.0.0.1:3000"}), StartsWith("bind: "));
    EXPECT_THAT(refusal({"--bind", "no such host:3000"}), StartsWith("bind: "));
    EXPECT_EQ(refusal({"--bind", "256.0.0.1:3000", "--components", "ingest,storage"}), "accepted");
}

TEST(StartChecks, RefuseAKeyThatOthersMayRead) {
    const test::TempDir dir;
    std::ofstream(dir.file("service.key")) << "not a key";
    std::filesystem::permissions(dir.file("service.key"), std::filesystem::perms{0644});
    EXPECT_THAT(refusal({"--curve-key-path", dir.file("service.key")}),
                testing::AllOf(StartsWith("curve-key-path: "), testing::HasSubstr("chmod 600")));
    std::filesystem::permissions(dir.file("service.key"), std::filesystem::perms{0600});
    EXPECT_THAT(refusal({"--curve-key-path", dir.file("service.key")}),
                testing::HasSubstr("not a key"));
    EXPECT_THAT(refusal({"--curve-key-path", dir.file("none")}), StartsWith("curve-key-path: "));
}

TEST(StartChecks, RefuseSocketsThatCannotBe) {
    const test::TempDir dir;
    std::ofstream(dir.file("file")) << "not a socket";
    EXPECT_THAT(refusal({"--tap-endpoint", "ipc://" + dir.file("file")}),
                StartsWith("tap-endpoint: "));
    EXPECT_THAT(refusal({"--play-endpoint", "ipc:///" + std::string(120, 'x')}),
                StartsWith("play-endpoint: "));
    EXPECT_THAT(refusal({"--endpoints", "tx=ipc:///" + std::string(120, 'x')}),
                StartsWith("endpoints: "));
}

TEST(StartChecks, RefuseABadRegistryAStorePathThatIsAFolderAndLimitsOfIngest) {
    const test::TempDir dir;
    std::ofstream(dir.file("registry.json")) << "{";
    EXPECT_THAT(refusal({"--registry-overlay", dir.file("registry.json")}),
                testing::HasSubstr("registry"));
    EXPECT_THAT(refusal({"--storage-path", dir.path().string()}), StartsWith("storage-path: "));
    EXPECT_THAT(refusal({"--rpc-max-in-flight", "200"}), StartsWith("chains: "));
}

} // namespace
} // namespace viz::runtime
