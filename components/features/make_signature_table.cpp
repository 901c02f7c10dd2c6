// Build tool: generates the source of the compiled-in table from signatures.txt.
#include <fstream>
#include <iostream>
#include <sstream>

#include "components/features/signature_list.hpp"

int main(int argc, char** argv) {
    using namespace viz::features;
    if (argc != 3) {
        std::cerr << "usage: make_signature_table signatures.txt out.cpp\n";
        return 2;
    }
    std::ostringstream text;
    text << std::ifstream(argv[1]).rdbuf();
    const auto list = read_signatures(text.str());
    if (!list) {
        const auto error = list.error();
        std::cerr << argv[1] << ":" << error.line << ": not a signature: " << error.text << "\n";
        return 1;
    }
    std::ofstream out(argv[2]);
    out << "// Written by make_signature_table.\n"
           "#include \"components/features/signature_table.hpp\"\n\n"
           "namespace viz::features {\nnamespace {\n\nconstexpr std::uint32_t kSelectors[] = {\n";
    for (const auto& entry : *list) out << entry.selector << "U,\n";
    out << "};\nconstexpr std::string_view kSignatures[] = {\n";
    for (const auto& entry : *list) out << "\"" << entry.text << "\",\n";
    out << "};\n\n} // namespace\n\n"
           "const SignatureTable kSignatureTable{kSelectors, kSignatures};\n\n"
           "} // namespace viz::features\n";
    return out.good() ? 0 : 1;
}
