// SPDX-License-Identifier: MIT
#include "daemon/cli/plan_record.hpp"

#include "daemon/base/files.hpp"
#include "daemon/cli/session.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

namespace nurture::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_kept = 50;
constexpr std::size_t k_shortest = 6;                   // digits: what `plan` prints
constexpr std::size_t k_most_record_bytes = 16u << 20;  // a record is some lines per campaign
constexpr const char* k_as_of_given = "as_of_given";

std::vector<fs::path> records(const fs::path& directory) {
    std::vector<fs::path> all;
    std::error_code missing;
    for (const auto& entry : fs::directory_iterator(directory, missing))
        if (entry.path().extension() == ".json")
            all.push_back(entry.path());
    std::sort(all.begin(), all.end());
    return all;
}

void prune(const fs::path& directory) {
    auto all = records(directory);
    if (all.size() <= k_kept)
        return;
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return fs::last_write_time(a) > fs::last_write_time(b); });
    for (std::size_t i = k_kept; i < all.size(); ++i)
        fs::remove(all[i]);
}

bool is_hash(const std::string& hash) {
    return hash.size() >= k_shortest && hash.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

void keep_plan(const fs::path& state_directory, const Agreed& agreed) {
    const auto directory = state_directory / "plans";
    std::error_code problem;
    fs::create_directories(directory, problem);
    if (problem)
        throw Failure(fmt::format("cannot make {}, where plans are kept until they are applied: {}", directory.string(),
                                  problem.message()));
    auto json = nlohmann::ordered_json::parse(forecast::to_json(agreed.record));
    json[k_as_of_given] = agreed.as_of_given;
    base::write_file(directory / (agreed.record.hash + ".json"), json.dump(2) + "\n");
    prune(directory);
}

Agreed find_plan(const fs::path& state_directory, const std::string& hash) {
    if (!is_hash(hash))
        throw Usage(
            fmt::format("`{}` is not the hash of a plan: `nurture plan` prints it, six digits such as 7f3a91", hash));
    std::vector<fs::path> found;
    for (const auto& file : records(state_directory / "plans"))
        if (file.filename().string().starts_with(hash))
            found.push_back(file);
    if (found.empty())
        throw Failure(fmt::format("no plan {} was made here: `nurture plan` makes one and prints its hash", hash));
    if (found.size() > 1)
        throw Failure(fmt::format("{} plans begin with {}: give more of the hash", found.size(), hash));
    const auto text = base::read_file(found.front(), k_most_record_bytes);
    auto record = forecast::read_record(text);
    if (!record)
        throw Failure(fmt::format("{} is damaged: plan again", found.front().string()));
    const auto json = nlohmann::json::parse(text, nullptr, false);
    return {std::move(*record), json.is_object() && json.value(k_as_of_given, false)};
}

}  // namespace nurture::cli
