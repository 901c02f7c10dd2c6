#include <filesystem>
#include <optional>

#include "components/eth/hex.hpp"
#include "components/storage/checkpoint_file.hpp"
#include "components/storage/end_mark.hpp"
#include "components/storage/page_checksums.hpp"
#include "components/storage/sqlite.hpp"
#include "tools/viz_replay/beginning.hpp"
#include "tools/viz_replay/commands.hpp"
#include "tools/viz_replay/progress.hpp"

namespace viz::replay {

namespace {

constexpr std::size_t kMaxPrinted = 20;

class Findings {
  public:
    explicit Findings(std::ostream& out) : out_(out) {}
    void add(const std::string& line) {
        if (++count_ <= kMaxPrinted) out_ << "wrong: " << line << '\n';
        if (count_ == kMaxPrinted) out_ << "wrong: … further ones are only counted\n";
    }
    // Facts that are not faults but may interest the user.
    void note(const std::string& line) { out_ << "note: " << line << '\n'; }
    std::uint64_t count() const { return count_; }

  private:
    std::ostream& out_;
    std::uint64_t count_{};
};

void check_database(const std::string& path, bool quick, Findings& findings) {
    try {
        storage::Connection connection(path, storage::Access::read_only, std::chrono::seconds(2));
        const auto said =
            connection.text(quick ? "SELECT 'ok' FROM events LIMIT 1" : "PRAGMA integrity_check");
        if (!said.empty() && said != "ok") findings.add("the database: " + said);
    } catch (const storage::StoreFailure& failure) {
        if (failure.reason != storage::StoreError::corrupt) throw Failed(failure.message(path));
        findings.add("the database: " + failure.detail);
    }
}

// Reads along with the log and compares each stored checkpoint.
class CheckpointCheck {
  public:
    // Checks those after event `after`.
    CheckpointCheck(storage::CheckpointFile& file, storage::Reader& log, std::uint64_t after,
                    Findings& findings)
        : file_(file), log_(log), findings_(findings), newest_(after) {
        next();
    }

    void at(const bus::PendingStep& step, const bus::PendingSet& set) {
        if (due_ && step.seq_id % storage::kPointEvery == 0) compare_point(step, set);
        if (!due_ || due_->seq_id != step.seq_id) return;
        compare(step, set);
        ++checked_;
        next();
    }
    std::uint64_t checked() const { return checked_; }
    // std::nullopt when all were reached.
    std::optional<std::uint64_t> left() const {
        return due_ ? std::optional(due_->seq_id) : std::nullopt;
    }

  private:
    void next() {
        due_.reset();
        auto rows = file_.rows(newest_, 1);
        if (!rows) return findings_.add("checkpoints: " + rows.error().detail);
        if (rows->empty()) return;
        due_ = std::move(rows->front());
        newest_ = due_->seq_id;
    }

    void compare_point(const bus::PendingStep& step, const bus::PendingSet& set) {
        for (const auto& point : due_->points)
            if (point.seq_hi == step.seq_id &&
                point != bus::PendingPoint{step.seq_id, step.timestamp, set.count()})
                findings_.add("count at " + std::to_string(step.seq_id) + " in checkpoint " +
                              std::to_string(due_->seq_id));
    }

    void compare(const bus::PendingStep& step, const bus::PendingSet& set) {
        const auto name = "checkpoint " + std::to_string(step.seq_id);
        if (due_->set_hash != bus::checkpoint_hash(set.sorted_hashes()) ||
            due_->pending_count != set.count() || due_->timestamp != step.timestamp)
            findings_.add(name + "  does not match the log");
        const auto tip = log_.payload_hash(step.seq_id);
        if (!tip || *tip != due_->tip) findings_.add(name + "  belongs to another log");
        std::vector<std::string> skipped;
        const auto state = file_.load(step.seq_id, skipped);
        if (!state || !*state || (*state)->seq_id != step.seq_id)
            return findings_.add(name + " cannot be read back");
        if ((*state)->members != set.members() || (*state)->gone != set.gone())
            findings_.add(name + "  contains another set");
    }

    storage::CheckpointFile& file_;
    storage::Reader& log_;
    Findings& findings_;
    std::optional<storage::CheckpointRow> due_;
    std::uint64_t newest_;
    std::uint64_t checked_{};
};

// Checks the files before SQLite recovers anything.
void check_file(const std::string& path, const std::string& name, Findings& findings) {
    for (int again = 0; again < 3; ++again) {
        const auto log = storage::check_wal(path + "-wal");
        if (!log.damaged) break;
        // While the service runs, the write-ahead log can restart during the check.
        if (again < 2) continue;
        findings.add(name + "'s write-ahead log: frame " + std::to_string(log.first_damaged) +
                     " does not verify; commits in it and after it are lost" +
                     (log.first_damaged == 0 ? " (its header)" : ""));
    }
    const auto pages = storage::check_pages(path);
    for (const auto number : pages.damaged)
        findings.add(name + ": page " + std::to_string(number) +
                     " does not verify (a flipped bit, or another program wrote it)");
    if (pages.none_expected)
        findings.note(name + " was made by an earlier version: its pages have no checksums, and "
                             "tables other than events are checked only by SQLite");
    else if (pages.unsealed > 0)
        findings.note(name + ": " + std::to_string(pages.unsealed) +
                      "  pages have no checksum because another program wrote them");
}

// Whether the log ends at the recorded end; `mark` was read before `latest`.
void check_end(const storage::EndMark::Found& mark, const storage::RecordSeal& seal,
               std::uint64_t latest, const std::string& store, Findings& findings) {
    using State = storage::EndMark::State;
    const auto path = storage::EndMark::path_of(store);
    if (!seal.sealed)
        return findings.note("the record is of an earlier version: its events have no checksums; "
                             "the service adds them when it opens the record");
    if (!seal.start) findings.add("log_start does not verify: the record's id is unknown");
    if (seal.lost.damaged > 0)
        findings.add(std::to_string(seal.lost.damaged) + " rows of lost_events do not verify");
    for (const auto& lost : seal.lost.stretches)
        findings.note("events " + std::to_string(lost.first_seq_id) + " to " +
                      std::to_string(lost.last_seq_id) +
                      " are recorded as lost, found at unix ms " +
                      std::to_string(lost.found_unix_ms));
    if (mark.state == State::absent) return findings.note(path + " is absent");
    if (mark.state == State::unusable || mark.slot_damaged) findings.add(path + " is damaged");
    if (mark.state != State::usable) return;
    if (seal.start && mark.value.record_id != seal.start->record_id)
        findings.add(path + "  belongs to another record");
    else if (mark.value.seq_id > latest)
        findings.add("the log ends at event " + std::to_string(latest) + ", " +
                     std::to_string(mark.value.seq_id) + "  was published");
}

// Faults of events, one line per range with the same fault.
class EventFindings {
  public:
    EventFindings(const storage::LostList& lost, Findings& findings)
        : lost_(lost), findings_(findings) {}

    void at(const storage::AuditedEvent& event) {
        const auto seq_id = event.step.seq_id;
        std::string wrong;
        if (event.damage == storage::DamageReason::missing)
            wrong = lost_.holds(seq_id) ? "" : "missing";
        else if (event.damage)
            wrong = "damaged: " + std::string(to_string(*event.damage));
        else if (!event.in_chain)
            wrong = "not part of this log's checksum chain";
        if (wrong != wrong_) end();
        if (wrong_.empty()) first_ = seq_id;
        wrong_ = std::move(wrong);
        last_ = seq_id;
    }
    void end() {
        if (wrong_.empty()) return;
        findings_.add(first_ == last_ ? "event " + std::to_string(first_) + " is " + wrong_
                                      : "events " + std::to_string(first_) + " to " +
                                            std::to_string(last_) + " are " + wrong_);
        wrong_.clear();
    }

  private:
    const storage::LostList& lost_;
    Findings& findings_;
    std::string wrong_;
    std::uint64_t first_{};
    std::uint64_t last_{};
};

} // namespace

int verify(const Options& options, std::ostream& out) {
    Findings findings(out);
    const auto path = storage::CheckpointFile::path_of(options.store);
    const auto mark = storage::EndMark::read(options.store);
    if (!options.quick) {
        check_file(options.store, "the database", findings);
        check_file(path, "the checkpoints", findings);
    }
    storage::Reader log(options.store);
    // A file that cannot be opened is an error, not a finding, unless damage was found already.
    const auto end = log.latest_seq_id();
    if (!end && findings.count() > 0) {
        out << "wrong: cannot be read: " << end.error().detail << ", findings " << findings.count()
            << '\n';
        return kWrong;
    }
    const auto latest = must(end, options.store);
    const auto oldest = must(log.oldest_seq_id(), options.store);
    check_database(options.store, options.quick, findings);
    const auto seal = must(log.seal(), options.store);
    check_end(mark, seal, latest, options.store, findings);

    auto file = storage::CheckpointFile::open(path, storage::CheckpointFile::Mode::read);
    if (!file && std::filesystem::exists(path))
        findings.add("the checkpoints: " + file.error().detail);
    auto known = beginning_of(file ? file->get() : nullptr, oldest, [](auto) { return true; });
    std::optional<CheckpointCheck> checkpoints;
    if (file && known) checkpoints.emplace(**file, log, known->seq_id, findings);

    Progress progress("events", latest);
    EventFindings events(seal.lost, findings);
    const auto walked = log.audit(0, latest, [&](const storage::AuditedEvent& event) {
        const auto& step = event.step;
        events.at(event);
        if (known && step.seq_id > known->seq_id) {
            known->set.apply(step);
            if (checkpoints) checkpoints->at(step, known->set);
        }
        progress.at(step.seq_id);
    });
    events.end();
    if (!walked)
        findings.add("the log: " + walked.error().message(options.store));
    else if (checkpoints && checkpoints->left() && *checkpoints->left() <= latest)
        findings.add("checkpoint " + std::to_string(*checkpoints->left()) +
                     "  was not reached in the log");
    else if (checkpoints && checkpoints->left())
        findings.add("checkpoint " + std::to_string(*checkpoints->left()) +
                     " is beyond the log's end at " + std::to_string(latest));

    out << (findings.count() == 0 ? "ok" : "wrong") << ": events " << oldest << " to " << latest
        << ", checkpoints compared " << (checkpoints ? checkpoints->checked() : 0)
        << ", pending at the end ";
    if (known)
        out << known->set.count() << ", checkpoint hash "
            << eth::to_hex(bus::checkpoint_hash(known->set.sorted_hashes()).view());
    else
        out << "unknown (the log was shortened, and no checkpoint has the pending set there)";
    out << ", findings " << findings.count() << '\n';
    return findings.count() == 0 ? kOk : kWrong;
}

} // namespace viz::replay
