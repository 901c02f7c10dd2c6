#include "bus/metrics.hpp"

#include <gmock/gmock.h>

namespace viz::bus {
namespace {

TEST(Metrics, SameNameAndLabelsAreTheSameCounter) {
    Metrics metrics;
    metrics.counter("a_total", "A.", {{"k", "v"}}).Increment();
    metrics.counter("a_total", "A.", {{"k", "v"}}).Increment();
    metrics.counter("a_total", "A.", {{"k", "w"}}).Increment();
    EXPECT_THAT(metrics.text(), testing::HasSubstr("viz_api_a_total{k=\"v\"} 2"));
    EXPECT_THAT(metrics.text(), testing::HasSubstr("viz_api_a_total{k=\"w\"} 1"));
}

TEST(Metrics, NamesCarryThePrefixAndHelp) {
    Metrics metrics;
    metrics.gauge("depth", "How deep.").Set(3);
    metrics.histogram("took_seconds", "How long.").Observe(0.003);
    const auto text = metrics.text();
    EXPECT_THAT(text, testing::HasSubstr("# HELP viz_api_depth How deep."));
    EXPECT_THAT(text, testing::HasSubstr("# TYPE viz_api_took_seconds histogram"));
}

} // namespace
} // namespace viz::bus
