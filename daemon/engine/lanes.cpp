// SPDX-License-Identifier: MIT
#include "daemon/engine/lanes_code.hpp"

namespace nurture::engine {

#ifdef NURTURED_LANES_AVX2
extern const Lanes k_lanes_avx2;  // lanes_avx2.cpp
#endif

const Lanes* lanes(InstructionSet set) {
    switch (set) {
    case InstructionSet::plain: return &k_lanes;
    case InstructionSet::avx2:
#ifdef NURTURED_LANES_AVX2
        if (__builtin_cpu_supports("avx2") != 0)  // all that lanes_avx2.cpp is compiled for
            return &k_lanes_avx2;
#endif
        break;
    }
    return nullptr;
}

const Lanes& best_lanes() {
    const Lanes* wide = lanes(InstructionSet::avx2);
    return wide != nullptr ? *wide : k_lanes;
}

}  // namespace nurture::engine
