// The files of the record as a disk may return them: any bytes are read to an end, and never past
// it. The first byte chooses the reader, the rest is the file.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

#include "components/storage/checkpoint_codec.hpp"
#include "components/storage/end_mark.hpp"
#include "components/storage/page_checksums.hpp"

namespace {

using namespace viz;

struct Folder {
    std::filesystem::path path{std::filesystem::temp_directory_path() /
                               ("record_files_fuzz." + std::to_string(::getpid()))};
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
};

std::string write_file(const char* name, std::span<const std::uint8_t> bytes) {
    static const Folder folder;
    auto path = (folder.path / name).string();
    std::ofstream(path, std::ios::binary | std::ios::trunc)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    return path;
}

// A mark that is read is the one that the next mark follows.
void read_end_mark(std::span<const std::uint8_t> bytes) {
    auto path = write_file("record.end", bytes);
    const std::string store = path.substr(0, path.size() - std::string_view(".end").size());
    const auto found = storage::EndMark::read(store);
    if (found.state != storage::EndMark::State::usable) return;
    const storage::EndMark::Value next{
        .record_id = found.value.record_id, .seq_id = 77, .link = found.value.link};
    storage::EndMark(store).write(next);
    const auto again = storage::EndMark::read(store);
    if (again.state != storage::EndMark::State::usable || again.value.seq_id != 77) std::abort();
}

void read_checkpoint(std::span<const std::uint8_t> bytes) {
    if (const auto body = storage::decode_body(bytes)) {
        const auto again = storage::decode_body(storage::encode_body(*body));
        if (!again || again->put.size() != body->put.size()) std::abort();
    }
    if (const auto points = storage::decode_points(bytes)) {
        const auto again = storage::decode_points(storage::encode_points(*points));
        if (!again || again->size() != points->size()) std::abort();
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::span<const std::uint8_t> file(data + 1, size - 1);
    switch (data[0] % 4) {
    case 0:
        read_end_mark(file);
        break;
    case 1: {
        const auto check = storage::check_wal(write_file("record-wal", file));
        if (check.frames * (24 + 512) > size) std::abort();
        break;
    }
    case 2: {
        const auto check = storage::check_pages(write_file("record", file));
        if (check.pages * 4096 > size || check.damaged.size() > check.pages + 1) std::abort();
        break;
    }
    default:
        read_checkpoint(file);
    }
    return 0;
}
