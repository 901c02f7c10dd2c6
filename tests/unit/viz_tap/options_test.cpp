#include "tools/viz_tap/options.hpp"

#include <gmock/gmock.h>

#include "tests/support/values.hpp"

namespace viz::tap {
namespace {

Options parse(const std::vector<std::string>& arguments) {
    return parse_options(arguments, "ipc:///tap", "ipc:///play");
}

TEST(TapOptions, EachCommandHasItsDefaults) {
    const auto list = parse({"list"});
    EXPECT_EQ(list.command, Command::list);
    EXPECT_EQ(list.endpoint.address, "ipc:///tap");
    EXPECT_FALSE(list.json);
    const auto play = parse({"play", "incident.viz"});
    EXPECT_EQ(play.command, Command::play);
    EXPECT_EQ(play.endpoint.address, "ipc:///play");
    EXPECT_EQ(play.file, "incident.viz");
    EXPECT_EQ(play.speed, 1);
}

TEST(TapOptions, FiltersAreTaken) {
    const auto hash = "0x" + std::string(64, 'a');
    const auto options =
        parse({"follow", "--stream", "tx", "--stream=chain", "--kind", "head", "--chain", "1",
               "--hash", hash, "--sender", "0x" + std::string(40, 'b'), "--json", "--count", "5"});
    EXPECT_THAT(options.filter.streams, testing::ElementsAre("tx", "chain"));
    EXPECT_THAT(options.filter.kinds, testing::ElementsAre("head"));
    EXPECT_EQ(options.filter.chain, 1u);
    EXPECT_EQ(options.filter.hash->bytes[0], 0xaa);
    EXPECT_EQ(options.filter.sender->bytes[0], 0xbb);
    EXPECT_TRUE(options.json);
    EXPECT_EQ(options.count, 5u);
}

TEST(TapOptions, WrongUsageIsRefusedWithTheReason) {
    const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
        {{}, "no command given"},
        {{"look"}, "no command \"look\""},
        {{"play"}, "expected a FILE"},
        {{"list", "x"}, "unexpected argument \"x\""},
        {{"follow", "--stream", "txs"}, "no stream \"txs\""},
        {{"follow", "--hash", "0x12"}, "64 hex digits"},
        {{"follow", "--sender", "12"}, "40 hex digits"},
        {{"play", "x", "--speed", "-1"}, "--speed"},
        {{"rate", "--every", "0"}, "--every"},
        {{"list", "--endpoint", "tcp://1.2.3.4:5"}, "expected ipc://path"},
        {{"list", "--colour"}, "colour"},
    };
    for (const auto& [arguments, why] : cases) {
        try {
            parse(arguments);
            ADD_FAILURE() << "accepted: " << why;
        } catch (const UsageError& error) {
            EXPECT_THAT(error.what(), testing::HasSubstr(why));
        }
    }
}

TEST(TapOptions, HelpNamesEveryCommandAndTheExitStatus) {
    const auto help = help_text();
    for (const char* word : {"list", "follow", "rate", "record", "play", "keygen", "Exit status"})
        EXPECT_THAT(help, testing::HasSubstr(word));
    EXPECT_EQ(parse({"--help"}).command, Command::help);
    EXPECT_EQ(parse({"--version"}).command, Command::version);
}

} // namespace
} // namespace viz::tap
