// SPDX-License-Identifier: MIT
//
// A paragraph that somebody writes: given on the command line, read from standard input, or written in $VISUAL or
// $EDITOR, in a file that only this user can read and that is gone afterwards. Throws Usage or Failure with a sentence.
#pragma once

#include "daemon/cli/session.hpp"

#include <string>

namespace nurture::cli {

/// `given`: the words, "-" for standard input, empty for the editor, which shows `about` in lines that begin with #.
/// Never empty.
std::string written_note(Session& session, const std::string& given, const std::string& about);

}  // namespace nurture::cli
