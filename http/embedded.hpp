// Files of this folder that are built into the binary: the OpenAPI document and the dashboard. The
// build generates the table (embed.cmake).
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace viz::http {

struct EmbeddedFile {
    std::string_view name; // path relative to http/: "page/page.css"
    std::string_view content;
};

std::span<const EmbeddedFile> embedded_files();

// std::nullopt for a name that is not in the table.
inline std::optional<std::string_view> embedded_file(std::string_view name) {
    for (const auto& file : embedded_files())
        if (file.name == name) return file.content;
    return std::nullopt;
}

} // namespace viz::http
