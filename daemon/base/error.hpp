// SPDX-License-Identifier: MIT
//
// This machine's trouble: disk, schema, lock, configuration. Thrown where it is found, caught only in daemon/service
// and daemon/cli. An author's mistake is a Diagnostic and remote trouble an Outcome, never one of these. what() is a
// whole sentence for the person who runs the machine and holds no name and no address of a candidate.
#pragma once

#include <stdexcept>

namespace nurture::base {

/// The database cannot be opened, read, written or trusted.
struct StoreError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// nurtured.toml, a credential or a command line cannot be used as it is.
struct ConfigError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A file cannot be read or written; the path and the system's reason are in what().
struct FileError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace nurture::base
