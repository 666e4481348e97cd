// SPDX-License-Identifier: MIT
//
// What every benchmark needs: the processor's time and not the clock's (the machine is shared), medians, and results as
// lines of JSON that run.py makes a table of. One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace nurture::bench {

/// Processor seconds of this process, all threads and the kernel's work for them included.
double cpu_seconds();

template<typename Work>
double cpu_of(Work work) {
    const double before = cpu_seconds();
    work();
    return cpu_seconds() - before;
}

/// Of an odd number of runs.
inline double median(std::vector<double> taken) {
    std::sort(taken.begin(), taken.end());
    return taken[taken.size() / 2];
}

template<typename Work>
double median_cpu(int runs, Work work) {
    std::vector<double> taken;
    for (int i = 0; i < runs; ++i)
        taken.push_back(cpu_of(work));
    return median(std::move(taken));
}

/// What stands beside each other.
struct Times {
    double ours, floor;
};
/// By turns, so that what others do on the machine meets both.
template<typename Ours, typename Floor>
Times by_turns(int runs, Ours ours, Floor floor) {
    std::vector<double> of_ours, of_floor;
    for (int i = 0; i < runs; ++i) {
        of_floor.push_back(cpu_of(floor));
        of_ours.push_back(cpu_of(ours));
    }
    return {median(std::move(of_ours)), median(std::move(of_floor))};
}

/// What was in the processor's caches is there no more, as after a minute in which the machine did other things.
void empty_caches();

/// A row of the table. The goal is about ours / floor, or about ours alone where there is no floor.
struct Figure {
    std::string row;          // as goals of run.py call it
    std::int64_t people = 0;  // how much of it; 0: says nothing
    double ours = 0;
    double floor = 0;  // 0: none
    std::string unit;
    std::string note = {};
};
void print(const Figure& figure);

/// A row of the table of edges: what it costs at several sizes, the next twice the one before.
struct Edge {
    std::string what;
    std::vector<std::size_t> sizes = {};
    std::vector<double> seconds = {};
    std::vector<std::size_t> bytes = {};  // none: memory is not what the row is about

    void add(std::size_t size, double cost, std::size_t memory = 0) {
        sizes.push_back(size);
        seconds.push_back(cost);
        if (memory != 0)
            bytes.push_back(memory);
    }
};
void print(const Edge& edge);

/// Ends the program, and says so, where it is not so that `what`.
void demand(bool it, const char* what);

/// Memory that was given back stays with the process from here on.
void keep_memory();

/// Bytes that the allocator has given out, those it mapped for large blocks included.
std::size_t allocated();

}  // namespace nurture::bench
