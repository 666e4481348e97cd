// SPDX-License-Identifier: MIT
#include "daemon/base/log.hpp"

#include "daemon/base/calendar.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <iterator>

namespace nurture::base {

namespace {

std::atomic<Level> least_important{Level::info};
std::function<void(std::string_view)> sink;

/// In quotes, on one line: what somebody else wrote must not be able to forge a line or a field.
void append_quoted(std::string& line, std::string_view text) {
    line += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\')
            line += '\\';
        if (static_cast<unsigned char>(c) < ' ' || c == 127)
            fmt::format_to(std::back_inserter(line), "\\x{:02x}", static_cast<unsigned char>(c));
        else
            line += c;
    }
    line += '"';
}

struct Append {
    std::string& line;
    void operator()(std::int64_t number) const { fmt::format_to(std::back_inserter(line), "{}", number); }
    void operator()(Word word) const { line += word.text(); }
    void operator()(UniqueId id) const { line += hex(id); }
    void operator()(Second at) const { line += format_instant(at); }
    void operator()(Configured value) const { append_quoted(line, value.name); }
    void operator()(const std::exception* trouble) const { append_quoted(line, trouble->what()); }
};

}  // namespace

void LogField::append_to(std::string& line) const {
    line += ' ';
    line += key_.text();
    line += '=';
    std::visit(Append{line}, value_);
}

void log(Level level, Word what, std::initializer_list<LogField> fields) {
    if (level > least_important.load())
        return;
    std::string line = fmt::format("<{}>{}", static_cast<int>(level), what.text());
    for (const LogField& field : fields)
        field.append_to(line);
    if (sink)
        return sink(line);
    line += '\n';
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

void set_log_level(Level least) { least_important = least; }
void set_log_sink(std::function<void(std::string_view line)> new_sink) { sink = std::move(new_sink); }

}  // namespace nurture::base
