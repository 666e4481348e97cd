// SPDX-License-Identifier: MIT
//
// The grammar from outside: one function per kind of block, each in the file of its rules. Boost-free. True when the
// whole line [begin, end) is a statement of that block; otherwise the Reader knows what was wanted, and where.
#pragma once

#include "dsl/reader.hpp"
#include "dsl/statement.hpp"

namespace nurture::dsl::grammar {

using ReadBlock = bool (*)(Reader&, const char* begin, const char* end, Statement&);

bool read_file_line(Reader&, const char* begin, const char* end, Statement&);
bool read_fields_line(Reader&, const char* begin, const char* end, Statement&);
bool read_events_line(Reader&, const char* begin, const char* end, Statement&);
bool read_policy_line(Reader&, const char* begin, const char* end, Statement&);
bool read_conditions_line(Reader&, const char* begin, const char* end, Statement&);
bool read_campaign_line(Reader&, const char* begin, const char* end, Statement&);
bool read_branch_line(Reader&, const char* begin, const char* end, Statement&);
bool read_split_line(Reader&, const char* begin, const char* end, Statement&);
bool read_template_line(Reader&, const char* begin, const char* end, Statement&);
bool read_test_line(Reader&, const char* begin, const char* end, Statement&);
bool read_given_line(Reader&, const char* begin, const char* end, Statement&);

}  // namespace nurture::dsl::grammar
