// Implements http::History with storage's read-only connections.
#pragma once

#include "components/storage/checkpoint_file.hpp"
#include "components/storage/reader.hpp"
#include "http/history.hpp"

namespace viz::runtime {

// A failed read is logged and returns an empty result; /health reports the store's state.
class StoreHistory final : public http::History {
  public:
    // `chains`: the chains that open_transactions() returns. `damage` collects the damage found and
    // must outlive this object.
    StoreHistory(const std::string& path, std::vector<bus::ChainId> chains,
                 storage::DamageReport* damage = nullptr)
        : reader_(path, damage), chains_(std::move(chains)) {}

    std::vector<bus::Envelope> events(const http::EventQuery& query) override;
    std::optional<http::TransactionRecord> transaction(const bus::Hash& hash) override;
    std::vector<http::TransactionRecord> open_transactions(std::size_t limit) override;
    std::uint64_t latest_seq_id() override;
    std::uint64_t oldest_seq_id() override;
    std::vector<bus::OpportunityRecord> newest_opportunities(std::size_t limit) override;
    bus::ParityHistory parity_history(std::size_t checked, std::size_t misses) override;
    std::optional<bus::ExposureRecord> exposure(const bus::Hash& hash) override;
    std::vector<bus::Envelope> events_about(const bus::Hash& id,
                                            std::span<const bus::EventType> types) override;
    std::vector<bus::Envelope> newest_about(std::span<const bus::EventType> types,
                                            std::size_t limit, std::uint64_t last) override;
    bus::BuilderHistory builder_history() override;
    std::vector<bus::Envelope> newest_blocks() override;
    void walk(std::uint64_t after, std::uint64_t last,
              const std::function<void(const bus::PendingStep&)>& visit) override;
    http::PendingStart pending_before(std::uint64_t seq_id) override;
    std::vector<bus::PendingPoint> points(std::uint64_t from, std::uint64_t to) override;

    // Before this call, or with null, the log is read from its beginning. Call it before the first
    // read.
    void use_checkpoints(storage::CheckpointFile* file) { checkpoints_ = file; }

    storage::Reader& reader() { return reader_; }

  private:
    storage::Reader reader_;
    std::vector<bus::ChainId> chains_;
    storage::CheckpointFile* checkpoints_{};
};

} // namespace viz::runtime
