// SPDX-License-Identifier: MIT
//
// For zones_agree_with_python.py: reads `ZONE DATE MINUTE-OF-DAY` lines, writes the Unix second of that wall-clock time
// and the wall-clock time of that second.
#include "daemon/base/calendar.hpp"

#include <iostream>
#include <string>

int main() {
    using namespace nurture::base;
    std::string name, date;
    long minute = 0;
    while (std::cin >> name >> date >> minute) {
        const auto zone = find_zone(name);
        const auto day = parse_day(date);
        if (!zone || !day) {
            std::cout << "unknown\n";
            continue;
        }
        const Minute instant = to_instant(*zone, *day, std::chrono::minutes{minute});
        const Local back = local(*zone, instant);
        std::cout << to_unix(instant) << ' ' << format_day(back.day) << ' ' << back.minute.count() << '\n';
    }
}
