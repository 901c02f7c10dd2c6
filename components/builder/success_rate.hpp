// The accepted fraction of the newest submissions.
#pragma once

#include <deque>

namespace viz::builder {

class SuccessRate {
  public:
    static constexpr std::size_t kWindow = 100;

    // Adds a result; returns the fraction including it, 0 to 1.
    double add(bool accepted) {
        window_.push_back(accepted);
        accepted_ += accepted ? 1 : 0;
        if (window_.size() > kWindow) {
            accepted_ -= window_.front() ? 1 : 0;
            window_.pop_front();
        }
        return static_cast<double>(accepted_) / static_cast<double>(window_.size());
    }

  private:
    std::deque<bool> window_;
    std::size_t accepted_{};
};

} // namespace viz::builder
