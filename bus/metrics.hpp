// The metrics of a process: a small interface to prometheus-cpp. Thread-safe; returned references
// live as long as the Metrics object.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

namespace prometheus {
class Registry;
}

namespace viz::bus {

using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;

class Metrics {
  public:
    using Labels = std::map<std::string, std::string>;

    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    // `name` without the prefix `viz_api_`. The same name and labels give the same object.
    Counter& counter(const std::string& name, const std::string& help, const Labels& labels = {});
    Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels = {});
    // Bucket bounds in seconds; default from 10 µs to 10 s.
    Histogram& histogram(const std::string& name, const std::string& help,
                         const Labels& labels = {}, const std::vector<double>& bounds = {});

    // Prometheus text format 0.0.4.
    std::string text() const;

    prometheus::Registry& registry() { return *registry_; }

  private:
    std::shared_ptr<prometheus::Registry> registry_;
};

} // namespace viz::bus
