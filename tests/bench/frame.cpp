// SPDX-License-Identifier: MIT
#include "tests/bench/frame.hpp"

#include <malloc.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

namespace nurture::bench {

double cpu_seconds() {
    timespec spent{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e9;
}

namespace {

void print_line(const nlohmann::ordered_json& line) {
    std::printf("%s\n", line.dump().c_str());
    std::fflush(stdout);
}

}  // namespace

void print(const Figure& figure) {
    nlohmann::ordered_json line = {
        {"row", figure.row}, {"people", figure.people}, {"ours", figure.ours}, {"unit", figure.unit}};
    if (figure.floor != 0)
        line["floor"] = figure.floor;
    if (!figure.note.empty())
        line["note"] = figure.note;
    print_line(line);
}

void print(const Edge& edge) {
    nlohmann::ordered_json line = {{"edge", edge.what}, {"sizes", edge.sizes}, {"seconds", edge.seconds}};
    if (!edge.bytes.empty())
        line["bytes"] = edge.bytes;
    print_line(line);
}

void empty_caches() {
    static const std::vector<char> other(std::size_t{256} << 20, 'x');  // more than caches hold
    [[maybe_unused]] static volatile char last = 0;
    for (std::size_t i = 0; i < other.size(); i += 64)
        last = other[i];  // only read: what is written would have to be written back while something is measured
}

void demand(bool it, const char* what) {
    if (it)
        return;
    std::fprintf(stderr, "it is not so that %s\n", what);
    std::exit(1);
}

void keep_memory() {
    ::mallopt(M_MMAP_MAX, 0);
    ::mallopt(M_TRIM_THRESHOLD, -1);
}

std::size_t allocated() {
    const auto info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
}

}  // namespace nurture::bench
