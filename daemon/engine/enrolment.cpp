// SPDX-License-Identifier: MIT
#include "daemon/engine/enrolment.hpp"

#include <tuple>

namespace nurture::engine {
namespace {

auto tie(const Enrolment& e) {
    return std::tie(e.id, e.who, e.campaign, e.steps->hash, e.position, e.approval, e.address, e.round, e.phase,
                    e.blocked, e.end_reason, e.muted, e.entered_at, e.event_at, e.anchor, e.months_anchor,
                    e.ready_since, e.due, e.paused_until, e.held_since, e.ended_at, e.event_value);
}

}  // namespace

bool operator==(const Enrolment& a, const Enrolment& b) { return tie(a) == tie(b); }

}  // namespace nurture::engine
