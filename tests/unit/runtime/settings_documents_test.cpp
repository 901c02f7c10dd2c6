// Help, completion and the environment file list every setting.
#include "runtime/settings_documents.hpp"

#include <fstream>
#include <iterator>
#include <sstream>

#include <gmock/gmock.h>

#include "runtime/settings.hpp"
#include "tests/support/paths.hpp"

namespace viz::runtime {
namespace {

using testing::HasSubstr;

TEST(SettingsDocuments, EachListsEverySetting) {
    for (const auto& setting : settings()) {
        EXPECT_THAT(help_text(), HasSubstr("--" + setting.key + "=" + setting.value + "\n"));
        EXPECT_THAT(help_text(), HasSubstr("(" + environment_name(setting.key) + ")"));
        EXPECT_THAT(bash_completion(), HasSubstr(" --" + setting.key));
        EXPECT_THAT(zsh_completion(), HasSubstr("'--" + setting.key + "=["));
        if (setting.key == "config") continue; // the unit has the environment file instead
        EXPECT_THAT(environment_file(), HasSubstr(environment_name(setting.key) + "="));
    }
}

TEST(SettingsDocuments, EverySettingSaysWhatItIsFor) {
    for (const auto& setting : settings()) {
        EXPECT_FALSE(setting.value.empty()) << setting.key;
        EXPECT_THAT(setting.what, testing::EndsWith(".")) << setting.key;
    }
}

TEST(SettingsDocuments, TheShippedEnvironmentFileIsTheTables) {
    std::ifstream in(test::source_dir() / "systemd/viz-api.env");
    const std::string shipped{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(shipped, environment_file())
        << "viz-api --print-environment-file >systemd/viz-api.env";
}

TEST(SettingsDocuments, TheShippedEnvironmentFileIsAccepted) {
    Environment environment{{"VIZ_API_CHAINS",
                             R"([{"chain_key":"dev","chain_id":1,"endpoints":[
                                {"ws_url":"ws://127.0.0.1:1","http_url":"http://127.0.0.1:1"}]}])"}};
    std::istringstream lines(environment_file());
    for (std::string line; std::getline(lines, line);)
        if (const auto equals = line.find('='); line.starts_with("VIZ_API_"))
            environment.emplace(line.substr(0, equals), line.substr(equals + 1));
    EXPECT_EQ(parse_configuration({}, environment).config.bind, "127.0.0.1:3000");
}

} // namespace
} // namespace viz::runtime
