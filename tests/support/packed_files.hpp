// The files inside a .tar.zst, one after the other, without unpacking it to disk.
#pragma once

#include <array>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace viz::test {

// `take` gets each regular file's name and a function that reads its content; what is not read is
// passed over. Needs the zstd program.
inline void for_each_packed_file(
    const std::filesystem::path& archive,
    const std::function<void(const std::string& name, const std::function<std::string()>& read)>&
        take) {
    const auto command = "zstd -dcq '" + archive.string() + "'";
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
    if (!pipe) throw std::runtime_error("cannot start zstd");
    const auto fill = [&](char* to, std::size_t size) {
        return std::fread(to, 1, size, pipe.get()) == size;
    };
    std::array<char, 512> header{};
    std::string long_name;
    bool any = false;
    while (fill(header.data(), header.size()) && header[0] != 0) {
        any = true;
        const auto size = std::stoull(std::string(header.data() + 124, 11), nullptr, 8);
        const auto padded = (size + 511) / 512 * 512;
        std::string content(padded, '\0');
        if (!fill(content.data(), padded)) throw std::runtime_error("archive ends in a file");
        const char type = header[156];
        if (type == 'L') { // GNU: the next entry's name
            long_name = content.substr(0, size - 1);
            continue;
        }
        std::string name =
            header[345] != 0
                ? std::string(header.data() + 345, strnlen(header.data() + 345, 155)) + "/"
                : std::string();
        name += std::string(header.data(), strnlen(header.data(), 100));
        if (!long_name.empty()) name = std::exchange(long_name, {});
        if (type != '0' && type != 0) continue;
        take(name, [&] {
            content.resize(size);
            return std::move(content);
        });
    }
    if (!any) throw std::runtime_error("nothing in " + archive.string() + " (is zstd installed?)");
}

} // namespace viz::test
