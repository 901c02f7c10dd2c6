// What is bound to a statement and not copied has to be there when it runs: a temporary is refused
// by the compiler.
#include "components/storage/row_values.hpp"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.hpp"
#include "tests/support/values.hpp"

namespace viz::storage {
namespace {

using viz::test::hash_of;

template <class Value>
concept CanBeARowsBytes = requires(RowBinder& row, Value&& value) {
    row.bytes(std::forward<Value>(value));
};
template <class Value>
concept CanBeBound = requires(Statement& statement, Value&& value) {
    statement.bind(1, std::forward<Value>(value));
};

static_assert(CanBeARowsBytes<const bus::Hash&> && CanBeARowsBytes<bus::Hash&>);
static_assert(CanBeARowsBytes<const std::optional<bus::Hash>&>);
static_assert(!CanBeARowsBytes<bus::Hash> && !CanBeARowsBytes<const bus::Hash>);
static_assert(!CanBeARowsBytes<std::optional<bus::Hash>>);
static_assert(CanBeBound<const std::string&> && CanBeBound<std::string_view>);
static_assert(CanBeBound<const eth::Bytes&> && CanBeBound<eth::BytesView>);
static_assert(!CanBeBound<std::string> && !CanBeBound<eth::Bytes>);

TEST(RowBinder, WhatItMakesLastsUntilTheStatementHasRun) {
    const viz::test::TempDir dir;
    Connection connection(dir.file("s.db"), Access::read_write_create, std::chrono::seconds(1));
    connection.execute("CREATE TABLE t (a BLOB, b TEXT, c TEXT, d TEXT, e BLOB, f INTEGER) STRICT");
    auto insert = connection.prepare("INSERT INTO t VALUES (?1,?2,?3,?4,?5,?6)");
    const auto hash = hash_of(7);
    {
        RowBinder row(insert);
        row.bytes(hash).text(std::string(100, 'x')).wei(bus::Wei(12));
        row.signed_wei(bus::Wei() - bus::Wei(12)).bytes(std::as_const(hash)).u64(UINT64_MAX);
        insert.run();
    }
    auto row = connection.prepare("SELECT * FROM t");
    ASSERT_TRUE(row.step());
    EXPECT_EQ(fixed<bus::Hash>(row, 0), hash);
    EXPECT_EQ(row.text(1), std::string(100, 'x'));
    EXPECT_EQ(wei(row, 2), bus::Wei(12));
    EXPECT_EQ(signed_wei(row, 3), bus::Wei() - bus::Wei(12));
    EXPECT_EQ(fixed<bus::Hash>(row, 4), hash);
    EXPECT_EQ(row.u64(5), UINT64_MAX);
}

} // namespace
} // namespace viz::storage
