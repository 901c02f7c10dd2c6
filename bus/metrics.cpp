#include "bus/metrics.hpp"

#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace viz::bus {

namespace {
constexpr const char* kPrefix = "viz_api_";
const std::vector<double> kDefaultBounds{1e-5,   2.5e-5, 5e-5, 1e-4,   2.5e-4, 5e-4, 1e-3,
                                         2.5e-3, 5e-3,   1e-2, 2.5e-2, 5e-2,   0.1,  0.25,
                                         0.5,    1.0,    2.5,  5.0,    10.0};
} // namespace

Metrics::Metrics()
    : registry_(
          std::make_shared<prometheus::Registry>(prometheus::Registry::InsertBehavior::Merge)) {}
Metrics::~Metrics() = default;

Counter& Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
    return prometheus::BuildCounter()
        .Name(kPrefix + name)
        .Help(help)
        .Register(*registry_)
        .Add(labels);
}

Gauge& Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
    return prometheus::BuildGauge()
        .Name(kPrefix + name)
        .Help(help)
        .Register(*registry_)
        .Add(labels);
}

Histogram& Metrics::histogram(const std::string& name, const std::string& help,
                              const Labels& labels, const std::vector<double>& bounds) {
    return prometheus::BuildHistogram()
        .Name(kPrefix + name)
        .Help(help)
        .Register(*registry_)
        .Add(labels, bounds.empty() ? kDefaultBounds : bounds);
}

std::string Metrics::text() const {
    return prometheus::TextSerializer().Serialize(registry_->Collect());
}

} // namespace viz::bus
