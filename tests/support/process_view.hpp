// What this process holds, as the kernel counts it.
#pragma once

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

namespace viz::test {

struct ProcessView {
    std::size_t threads{};
    std::size_t sockets{};
    std::size_t files{}; // open files and devices. Not what has no path: Pistache 0.0.5 leaves an
                         // event or timer descriptor behind with each listener.
    friend bool operator==(const ProcessView&, const ProcessView&) = default;
};

inline ProcessView process_view() {
    namespace fs = std::filesystem;
    ProcessView view;
    for ([[maybe_unused]] const auto& task : fs::directory_iterator("/proc/self/task"))
        ++view.threads;
    for (const auto& fd : fs::directory_iterator("/proc/self/fd")) {
        std::error_code gone; // the directory's own descriptor
        const auto target = fs::read_symlink(fd.path(), gone).string();
        if (gone) continue;
        if (target.starts_with("socket:"))
            ++view.sockets;
        else if (target.starts_with("/"))
            ++view.files;
    }
    return view;
}

// Names of this process's threads.
inline std::set<std::string> thread_names() {
    std::set<std::string> names;
    for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::ifstream in(task.path() / "comm");
        std::string name;
        if (std::getline(in, name)) names.insert(name);
    }
    return names;
}

} // namespace viz::test
