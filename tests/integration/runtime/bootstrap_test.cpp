// A node is a value until it is started, and leaves nothing behind when it is shut down.
#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <gmock/gmock.h>

#include "bus/tap_client.hpp"
#include "bus/tap_report.hpp"
#include "components/storage/schema.hpp"
#include "runtime/bootstrap.hpp"
#include "runtime/node_runtime_builder.hpp"
#include "tests/support/process_view.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/support/wait.hpp"

namespace viz::runtime {
namespace {

using test::eventually;
using test::process_view;

// A chain whose node is not there: nothing listens on port 1.
Config lonely_config(const test::TempDir& dir) {
    Config config;
    config.bind = "127.0.0.1:0";
    config.storage_path = dir.file("record.db");
    config.log = "error";
    config.chains = {{.chain_key = "dev",
                      .chain_id = eth::ChainId{31337},
                      .source_id = "nobody",
                      .endpoints = {{"ws://127.0.0.1:1", "http://127.0.0.1:1", ""}}}};
    return config;
}

struct Answer {
    unsigned status{};
    std::string body;
};

Answer ask(std::uint16_t port, const std::string& target) {
    namespace beast = boost::beast;
    boost::asio::io_context io;
    beast::tcp_stream stream(io);
    stream.connect({boost::asio::ip::address_v4::loopback(), port});
    beast::http::request<beast::http::empty_body> request(beast::http::verb::get, target, 11);
    request.set(beast::http::field::host, "localhost");
    beast::http::write(stream, request);
    beast::flat_buffer buffer;
    beast::http::response<beast::http::string_body> response;
    beast::http::read(stream, buffer, response);
    return {response.result_int(), response.body()};
}

unsigned get(std::uint16_t port, const std::string& target) {
    return ask(port, target).status;
}

void write(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
}

// All is let go of, but for one descriptor of the record's file: it stays with the process
// (components/storage/lasting_files.hpp), and goes once the file is deleted and another is opened.
bool released(const test::ProcessView& before) {
    const auto now = process_view();
    return now.threads == before.threads && now.sockets == before.sockets &&
           now.files <= before.files + 1;
}

TEST(Runtime, ARegistryOverlayIsReadAgainAndABadOneChangesNothing) {
    const test::TempDir dir;
    auto config = lonely_config(dir);
    config.registry_overlay = dir.file("overlay.json");
    write(config.registry_overlay, R"({"schema":2,"tokens":[{}]})");
    auto refused = NodeRuntimeBuilder().config(config).build();
    try {
        refused.start();
        FAIL() << "started with a bad overlay";
    } catch (const StartError& error) {
        EXPECT_THAT(error.what(), testing::HasSubstr("tokens[0].symbol: missing_field"));
    }
    write(config.registry_overlay, R"({"schema":2})");
    auto runtime = NodeRuntimeBuilder().config(config).build();
    runtime.start();
    runtime.reload_registry();
    write(config.registry_overlay, "not JSON");
    runtime.reload_registry();
    const auto metrics = ask(runtime.http_port(), "/metrics").body;
    EXPECT_THAT(metrics, testing::HasSubstr(R"(registry_reloads_total{result="ok"} 1)"));
    EXPECT_THAT(metrics, testing::HasSubstr(R"(registry_reloads_total{result="not_json"} 1)"));
    EXPECT_TRUE(runtime.running());
}

TEST(Runtime, DefaultStateIsPureAndDoesNotSpawnIngest) {
    const test::TempDir dir;
    const auto before = process_view();
    {
        const auto by_default = NodeRuntimeBuilder().build();
        const auto configured = NodeRuntimeBuilder().config(lonely_config(dir)).build();
        EXPECT_EQ(process_view(), before);
        EXPECT_FALSE(configured.running());
        EXPECT_EQ(configured.http_port(), 0);
        EXPECT_FALSE(by_default.running());
    }
    EXPECT_EQ(process_view(), before);
    EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
    EXPECT_FALSE(std::filesystem::exists(Config{}.storage_path));
}

TEST(Runtime, BinaryBootstrapUsesRuntimeBuilderContract) {
    const test::TempDir dir;
    const auto config = lonely_config(dir);
    // A sanitizer starts a thread of its own with the program's first: not one of ours.
    std::jthread([] {}).join();
    const auto before = process_view();
    auto runtime = NodeRuntimeBuilder().config(config).build();
    ASSERT_EQ(process_view(), before) << "build() is pure";

    runtime.start();
    EXPECT_TRUE(runtime.running());
    EXPECT_GT(process_view().threads, before.threads);
    EXPECT_GT(process_view().sockets, before.sockets);
    EXPECT_TRUE(std::filesystem::exists(config.storage_path));
    for (const char* name : {"viz-ingest", "viz-decode.0", "viz-lifecycle", "viz-features",
                             "viz-storage", "viz-http", "viz-monitor"})
        EXPECT_THAT(test::thread_names(), testing::Contains(name));
    EXPECT_EQ(get(runtime.http_port(), "/ready"), 200u);
    EXPECT_EQ(get(runtime.http_port(), "/no/such/route"), 404u);

    runtime.shutdown();
    EXPECT_FALSE(runtime.running());
    EXPECT_TRUE(eventually([&] { return released(before); }))
        << "threads " << process_view().threads << " of " << before.threads << ", sockets "
        << process_view().sockets << " of " << before.sockets << ", files " << process_view().files
        << " of " << before.files;
    runtime.shutdown(); // again is nothing
}

TEST(Runtime, ProgramRunsUntilSigtermAndExitsWithZero) {
    const test::TempDir dir;
    const Environment environment{
        {"VIZ_API_BIND", "127.0.0.1:0"},
        {"VIZ_API_STORAGE_PATH", dir.file("record.db")},
        {"VIZ_API_LOG", "error"},
        {"VIZ_API_CHAINS", R"([{"chain_key":"dev","chain_id":31337,"endpoints":
            [{"ws_url":"ws://127.0.0.1:1","http_url":"http://127.0.0.1:1"}]}])"}};
    std::ostringstream out;
    std::ostringstream error;
    std::atomic<int> status{-1};
    // SIGTERM must be blocked in every thread but the watcher's.
    sigset_t terminate;
    sigemptyset(&terminate);
    sigaddset(&terminate, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &terminate, nullptr);
    std::jthread program([&] { status = run_program({}, environment, out, error); });
    ASSERT_TRUE(eventually([&] { return test::thread_names().contains("viz-ingest"); }));
    kill(getpid(), SIGTERM);
    program.join();
    EXPECT_EQ(status, kExitOk) << error.str();
}

TEST(Runtime, BadStorePathIsAStartErrorThatNamesIt) {
    const test::TempDir dir;
    auto config = lonely_config(dir);
    config.storage_path = dir.file("no/such/folder/record.db");
    const auto before = process_view();
    auto runtime = NodeRuntimeBuilder().config(config).build();
    try {
        runtime.start();
        FAIL() << "started";
    } catch (const StartError& failure) {
        EXPECT_THAT(failure.what(), testing::HasSubstr("no/such/folder"));
    }
    EXPECT_FALSE(runtime.running());
    EXPECT_TRUE(eventually([&] { return released(before); }))
        << "threads " << process_view().threads << " of " << before.threads << ", sockets "
        << process_view().sockets << " of " << before.sockets << ", files " << process_view().files
        << " of " << before.files;
}

TEST(Runtime, TakenPortIsAStartErrorThatNamesIt) {
    const test::TempDir one;
    const test::TempDir two;
    auto first = NodeRuntimeBuilder().config(lonely_config(one)).build();
    first.start();
    auto config = lonely_config(two);
    config.bind = "127.0.0.1:" + std::to_string(first.http_port());
    auto second = NodeRuntimeBuilder().config(config).build();
    try {
        second.start();
        FAIL() << "started";
    } catch (const StartError& failure) {
        EXPECT_THAT(failure.what(), testing::HasSubstr(std::to_string(first.http_port())));
    }
}

TEST(Runtime, InformationFlagsPrintAndExit) {
    std::ostringstream out;
    std::ostringstream error;
    EXPECT_EQ(run_program({"--version"}, {}, out, error), kExitOk);
    EXPECT_THAT(out.str(), testing::StartsWith("viz-api "));
    // A return to an older release needs both answers: whether the store still opens.
    EXPECT_THAT(out.str(), testing::HasSubstr("\nstore version " +
                                              std::to_string(storage::kStoreVersion) + "\n"));
    EXPECT_EQ(run_program({"--help"}, {}, out, error), kExitOk);
    EXPECT_THAT(out.str(), testing::HasSubstr("VIZ_API_BIND"));
    EXPECT_EQ(error.str(), "");
    EXPECT_EQ(run_program({"--check-config"}, {}, out, error), kExitUsage);
    EXPECT_THAT(error.str(), testing::HasSubstr("no chain is configured"));
}

TEST(Runtime, CheckConfigAndTheStartRefuseTheSameWithTheSameLine) {
    const test::TempDir dir;
    const auto file = [&](const std::string& name, const std::string& text) {
        std::ofstream(dir.file(name)) << text;
        std::filesystem::permissions(dir.file(name), std::filesystem::perms(0644));
        return dir.file(name);
    };
    const Environment environment{
        {"VIZ_API_CHAINS", R"([{"chain_key":"dev","chain_id":31337,"endpoints":[
            {"ws_url":"ws://127.0.0.1:1","http_url":"http://127.0.0.1:1"}]}])"},
        {"VIZ_API_STORAGE_PATH", dir.file("record.sqlite")}};
    const std::vector<std::array<std::string, 3>> rows{
        {"--bind", "[::zz]:3000", "bind: [::zz]:3000"},
        {"--curve-key-path", dir.file("none"), "curve-key-path: "},
        {"--curve-key-path", file("open.key", "x"), "users other than the owner can read the key"},
        {"--feature-registry-path", dir.file("none.json"), "protocol registry: "},
        {"--feature-registry-path", file("deep.json", std::string(1'000, '[')), "too_deep"},
        {"--eth-ws-url", "ws://127.0.0.1:99999", "port of 1-65535"},
    };
    for (const auto& [flag, value, expected] : rows) {
        std::ostringstream out;
        std::ostringstream checked;
        std::ostringstream started;
        EXPECT_EQ(run_program({flag, value, "--check-config"}, environment, out, checked),
                  kExitUsage);
        EXPECT_EQ(run_program({flag, value}, environment, out, started), kExitUsage);
        EXPECT_EQ(checked.str(), started.str());
        EXPECT_THAT(checked.str(), testing::HasSubstr(expected)) << flag;
        EXPECT_FALSE(std::filesystem::exists(dir.file("record.sqlite"))) << flag;
    }
}

TEST(Runtime, TapWithARelativePathStandsBesideTheRecord) {
    const test::TempDir dir;
    auto config = lonely_config(dir);
    config.tap_endpoint = "ipc://tap.sock";
    auto runtime = NodeRuntimeBuilder().config(config).build();
    runtime.start();
    bus::TapClient client({"ipc://" + dir.file("tap.sock")}, {"tap."});
    const auto message = client.next(std::chrono::seconds(10));
    ASSERT_TRUE(message);
    EXPECT_EQ(message->topic, bus::kTapReportTopic);
    EXPECT_TRUE(bus::decode<bus::TapReport>(message->payload));
}

TEST(Runtime, TapThatCannotBeBoundStopsStartUp) {
    const test::TempDir dir;
    auto config = lonely_config(dir);
    config.tap_endpoint = "ipc://no/such/folder/tap.sock";
    auto runtime = NodeRuntimeBuilder().config(config).build();
    EXPECT_THROW(runtime.start(), StartError);
}

} // namespace
} // namespace viz::runtime
