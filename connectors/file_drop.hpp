// SPDX-License-Identifier: MIT
//
// Hands messages over as files: STEM.eml for mail, STEM.sms.txt for SMS. A file appears whole or not at all, and is
// never overwritten: a name that is taken means that this key was handed over before, so the outcome is in_doubt
// (counts as sent, is never repeated, is shown to a person). No thread of its own: release() writes, then calls
// Gate::done(). A full disk or a missing directory is `deferred`: nothing was handed over.
#pragma once

#include "connectors/connector.hpp"

#include <filesystem>
#include <memory>

namespace nurture::connectors {

struct FileDropConfig {
    std::filesystem::path directory;  // made when missing
    /// fsync before the file gets its name: a message that the store calls SENT survives a power cut, as the record
    /// itself does. A rehearsal, which can be run again, does without (about 1 ms per message).
    bool durable = true;
};

std::unique_ptr<Connector> make_file_drop(FileDropConfig config, Gate& gate);

}  // namespace nurture::connectors
