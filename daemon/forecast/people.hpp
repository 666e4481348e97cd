// SPDX-License-Identifier: MIT
//
// What a report calls people: their ref, and their name where it was asked for. Reads each person once. Throws
// base::StoreError. Within daemon/forecast only. One thread.
#pragma once

#include "daemon/store/candidates.hpp"

#include <map>
#include <string>

namespace nurture::forecast {

class People {
public:
    explicit People(const store::Database& store) : store_(store) {}

    struct Named {
        std::string ref, name;
    };
    const Named& operator[](store::CandidateId id);

private:
    const store::Database& store_;
    std::map<store::CandidateId, Named> known_;
};

}  // namespace nurture::forecast
