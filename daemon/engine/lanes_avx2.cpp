// SPDX-License-Identifier: MIT
#include "daemon/engine/lanes_code.hpp"

namespace nurture::engine {

extern const Lanes k_lanes_avx2;
const Lanes k_lanes_avx2 = k_lanes;

}  // namespace nurture::engine
