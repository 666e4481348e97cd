// SPDX-License-Identifier: MIT
//
// A person answered what a campaign asked: yes, no, or done; yes to a personal note is the note. The row, the engine's
// inbox and the journal are one transaction. An approval is bound to the hash of the text that was shown. Loop thread
// or a command. Throws base::StoreError: nothing was written.
#pragma once

#include "daemon/store/enrolments.hpp"

#include <optional>
#include <string>

namespace nurture::inbound {

struct Answer {
    bool yes = true;
    std::optional<store::Hash> shown;  // of what the person saw; an approval that says yes has one
    std::string by, why;
    std::string note = {};  // the paragraph that was asked for
};

/// False: there is no such question, it is answered already, or yes to a note has no words.
bool answer(store::Database& database, store::HumanStepId question, const Answer& answer, store::Instant now);

}  // namespace nurture::inbound
