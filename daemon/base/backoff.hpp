// SPDX-License-Identifier: MIT
//
// How long to wait before trying a message again: 5 minutes, doubled each time, at most 4 hours, less up to 20 % so
// that messages which failed together do not come back together. The part taken off is a hash of (message, try): the
// same in every run. Pure; any thread.
#pragma once

#include "daemon/base/ids.hpp"

#include <chrono>

namespace nurture::base {

/// `tries`: how many have failed so far, from 1.
std::chrono::minutes backoff(MessageId message, int tries);

}  // namespace nurture::base
