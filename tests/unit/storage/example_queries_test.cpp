// The queries that the README gives to people are answered by a store as it is now.
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

#include "components/storage/sqlite.hpp"
#include "tests/support/paths.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/storage/entries.hpp"

namespace viz::storage {
namespace {

// What stands between ```sql and ```, statement by statement; a shortened value is one that is.
std::vector<std::string> example_queries() {
    std::ifstream in(viz::test::source_dir() / "components/storage/README.md");
    std::vector<std::string> queries;
    std::string query;
    bool inside = false;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("```")) {
            inside = line == "```sql";
            continue;
        }
        if (!inside) continue;
        if (const auto cut = line.find("…"); cut != std::string::npos)
            line.replace(cut, std::string_view("…").size(), "00");
        query += line + '\n';
        if (line.ends_with(';')) queries.push_back(std::exchange(query, {}));
    }
    return queries;
}

TEST(ExampleQueries, OfTheReadmeAreAnswered) {
    const viz::test::TempDir dir;
    const auto path = dir.file("store.db");
    const auto store = test::open_store(path);
    test::append(*store, test::sights(0, 20));
    Connection people(path, Access::read_only, std::chrono::seconds(1));
    const auto queries = example_queries();
    ASSERT_GE(queries.size(), 7u);
    std::vector<int> rows;
    for (const auto& query : queries) {
        SCOPED_TRACE(query);
        auto statement = people.prepare(query);
        int answered = 0;
        while (statement.step()) ++answered;
        rows.push_back(answered);
    }
    EXPECT_EQ(rows.front(), 10) << "the last ten events";
    EXPECT_GT(rows[2], 0) << "which source is first";
}

} // namespace
} // namespace viz::storage
