// SPDX-License-Identifier: MIT
//
// What libFuzzer does with files, for any compiler: each file, or each file of a directory, once. With --cut FILE…
// every beginning of each file and each file without one of its characters; that takes minutes and is done by hand.
#include "fuzz.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

namespace {

void run(const std::string& text) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
}

std::string read(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::filesystem::path> files_of(const std::filesystem::path& path) {
    if (!std::filesystem::is_directory(path))
        return {path};
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path))
        if (entry.is_regular_file())
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

void cut(const std::string& text) {
    for (std::size_t i = 0; i <= text.size(); ++i) {
        run(text.substr(0, i));
        run(text.substr(0, i) + (i < text.size() ? text.substr(i + 1) : ""));
    }
}

}  // namespace

int main(int argc, char** argv) {
    const bool cuts = argc > 1 && std::string_view(argv[1]) == "--cut";
    std::size_t files = 0;
    for (int i = cuts ? 2 : 1; i < argc; ++i)
        for (const auto& file : files_of(argv[i])) {
            std::fprintf(stderr, "%s\n", file.c_str());
            cuts ? cut(read(file)) : run(read(file));
            ++files;
        }
    std::printf("%zu files\n", files);
    return files == 0 ? 1 : 0;
}
