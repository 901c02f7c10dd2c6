#include "components/storage/store_error.hpp"

namespace viz::storage {

std::string_view to_string(StoreError error) {
    switch (error) {
    case StoreError::cannot_open:
        return "cannot_open";
    case StoreError::not_a_store:
        return "not_a_store";
    case StoreError::newer_schema:
        return "newer_schema";
    case StoreError::corrupt:
        return "corrupt";
    case StoreError::disk_full:
        return "disk_full";
    case StoreError::read_only:
        return "read_only";
    case StoreError::busy:
        return "busy";
    case StoreError::io:
        return "io";
    }
    return "unknown";
}

std::string_view advice(StoreError error) {
    switch (error) {
    case StoreError::cannot_open:
        return "check that the directory exists and belongs to the service's user";
    case StoreError::not_a_store:
        return "the file is not a viz-api store; choose another storage_path";
    case StoreError::newer_schema:
        return "it was written by a newer viz-api; run that version or choose another "
               "storage_path";
    case StoreError::corrupt:
        return "keep a copy, then export the readable data with `sqlite3 FILE .dump`, see the "
               "runbook";
    case StoreError::disk_full:
        return "free space on its file system; recording resumes by itself";
    case StoreError::read_only:
        return "make the file, its directory and file system writable for the service's user";
    case StoreError::busy:
        return "another process has the store open; stop it or choose another storage_path";
    case StoreError::io:
        return "check the kernel log for disk errors; recording is retried";
    }
    return "";
}

std::string StoreFailure::message(const std::string& path) const {
    std::string text = "storage ";
    text += path;
    text += ": ";
    text += to_string(reason);
    if (!detail.empty()) {
        text += " (";
        text += detail;
        text += ")";
    }
    text += ": ";
    text += advice(reason);
    return text;
}

} // namespace viz::storage
