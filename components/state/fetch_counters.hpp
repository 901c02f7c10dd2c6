// Reports the cost of fetches and the rounds of executions to the metrics of a component, which
// this library does not depend on.
#pragma once

#include <string>

#include "components/state/node_source.hpp"

namespace viz::state {

// `Metrics` has counter(name, help, labels) and histogram(name, help, labels, bounds), whose
// objects live as long as it does. Thread-safe where those are.
template <class Metrics> class FetchCounters {
  public:
    // `by`: the component's name.
    FetchCounters(Metrics& metrics, const std::string& by)
        : requests_(metrics.counter("state_requests_total",
                                    "Requests for state, within batches to nodes.", {{"by", by}})),
          batches_(metrics.counter("state_batches_total",
                                   "Batches of requests for state: round trips to nodes.",
                                   {{"by", by}})),
          failed_(metrics.counter("state_batches_failed_total",
                                  "Of those batches, the ones without any use.", {{"by", by}})),
          rounds_(metrics.histogram("state_rounds",
                                    "Runs of one execution until no state was missing.",
                                    {{"by", by}}, {1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 48, 64})) {
        for (std::size_t i = 0; i < kPrefetchResults; ++i)
            prefetch_[i] = &metrics.counter(
                "state_prefetch_total",
                "Questions to nodes what a transaction will touch, by what came of them.",
                {{"by", by}, {"result", std::string(to_string(PrefetchResult(i)))}});
    }

    void add(const NodeFigures& fetched) {
        requests_.Increment(static_cast<double>(fetched.requests));
        batches_.Increment(static_cast<double>(fetched.batches));
        failed_.Increment(static_cast<double>(fetched.failed));
        for (std::size_t i = 0; i < kPrefetchResults; ++i)
            prefetch_[i]->Increment(static_cast<double>(fetched.prefetch[i]));
    }
    void add(const Rounds& rounds) { rounds_.Observe(static_cast<double>(rounds.runs)); }

  private:
    using Counter = decltype(std::declval<Metrics>().counter({}, {}, {}));
    using Histogram = decltype(std::declval<Metrics>().histogram({}, {}, {}, {}));

    Counter requests_;
    Counter batches_;
    Counter failed_;
    Histogram rounds_;
    std::array<std::remove_reference_t<Counter>*, kPrefetchResults> prefetch_{};
};

} // namespace viz::state
