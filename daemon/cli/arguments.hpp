// SPDX-License-Identifier: MIT
//
// A command line becomes one call of commands.hpp. Returns the exit code; whatever went wrong stands on standard error
// as one sentence (or as diagnostics), never as an exception. One thread.
#pragma once

#include "daemon/cli/session.hpp"

namespace nurture::cli {

int run(Session& session, int argc, const char* const* argv);

}  // namespace nurture::cli
