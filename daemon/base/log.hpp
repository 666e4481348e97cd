// SPDX-License-Identifier: MIT
//
// One line per happening on standard error, as journald reads it: `<6>message accepted message=812 relay="main"`.
// Holds no name and no address of a candidate, and the types see to it: a value is a number, an id, an enumerator, a
// word from the source code, a name that the sysadmin or the rules' author chose, or this machine's trouble. A line is
// one write: any thread. Never fails; a line that cannot be written is lost.
#pragma once

#include "daemon/base/ids.hpp"
#include "daemon/base/time.hpp"

#include <concepts>
#include <exception>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace nurture::base {

enum class Level { error = 3, warning = 4, notice = 5, info = 6, debug = 7 };  // as in syslog(3)

/// A literal of the source code: whatever is known when the program is compiled is nobody's data.
class Word {
public:
    consteval Word(const char* literal) : text_(literal) {}
    constexpr std::string_view text() const { return text_; }

private:
    std::string_view text_;
};

/// A name from nurtured.toml or a rule file: a relay, a campaign, a step. Never a value of a candidate.
struct Configured {
    std::string_view name;
};

class LogField {
public:
    template<std::integral Number>
    LogField(Word key, Number value) : key_(key),
                                       value_(static_cast<std::int64_t>(value)) {}
    template<typename Id>
    requires std::is_enum_v<Id> LogField(Word key, Id id) : key_(key), value_(static_cast<std::int64_t>(id)) {}
    LogField(Word key, Word value) : key_(key), value_(value) {}
    LogField(Word key, UniqueId id) : key_(key), value_(id) {}
    LogField(Word key, Second at) : key_(key), value_(at) {}
    LogField(Word key, Configured value) : key_(key), value_(value) {}
    LogField(Word key, const std::exception& trouble) : key_(key), value_(&trouble) {}

    void append_to(std::string& line) const;

private:
    Word key_;
    std::variant<std::int64_t, Word, UniqueId, Second, Configured, const std::exception*> value_;
};

void log(Level level, Word what, std::initializer_list<LogField> fields = {});

/// Lines below this level are left out; `info` at the start.
void set_log_level(Level least);
/// Tests read the lines instead of standard error; an empty function restores it. Only while one thread runs.
void set_log_sink(std::function<void(std::string_view line)> sink);

}  // namespace nurture::base
