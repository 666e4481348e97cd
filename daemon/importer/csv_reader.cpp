// SPDX-License-Identifier: MIT
#include "daemon/importer/csv_reader.hpp"

#include "daemon/importer/lines.hpp"

#include <csv.h>

#include <new>
#include <string_view>

namespace nurture::importer {
namespace {

constexpr const char* k_never_closed = "a cell is opened with a quotation mark that is never closed";
constexpr const char* k_stray_quote =
    "a quotation mark in the middle of a cell: double it, and put the whole cell in quotation marks";
constexpr const char* k_too_long = "longer than a megabyte, which no row about a person is";

constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

std::string_view without_end(std::string_view line) {
    while (line.ends_with('\n') || line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    return line;
}

}  // namespace

struct CsvReader::Impl {
    explicit Impl(const std::filesystem::path& file) : lines(file) { start(); }
    ~Impl() { csv_free(&parser); }

    void start() {
        if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
            throw std::bad_alloc();
        }
        cells = 0;
        complete = false;
    }
    void restart() {
        csv_free(&parser);
        start();
    }
    static void on_cell(void* text, std::size_t size, void* self) {
        auto& impl = *static_cast<Impl*>(self);
        if (impl.cells == impl.record->cells.size()) {
            impl.record->cells.emplace_back();
        }
        impl.record->cells[impl.cells++].assign(static_cast<const char*>(text), size);
    }
    static void on_row(int /*terminator*/, void* self) { static_cast<Impl*>(self)->complete = true; }

    bool feed(std::string_view line) {
        return csv_parse(&parser, line.data(), line.size(), on_cell, on_row, this) == line.size();
    }
    bool finish() { return csv_fini(&parser, on_cell, on_row, this) == 0; }

    bool next(Record& into);
    bool fail(const char* problem);
    bool succeed();

    Lines lines;
    csv_parser parser{};
    Record* record = nullptr;
    std::size_t cells = 0;
    bool complete = false;
    bool first = true;            // of the file
    std::vector<Line> of_record;  // the lines it is made of so far
};

/// Hands out the first line as unreadable; what follows it is read again as if it had never been there.
bool CsvReader::Impl::fail(const char* problem) {
    record->cells.clear();
    record->problem = problem;
    record->line = of_record.front().number;
    record->raw = std::string(without_end(of_record.front().text)).substr(0, k_kept_bytes);
    of_record.erase(of_record.begin());
    lines.put_back(std::move(of_record));
    of_record.clear();
    restart();
    return true;
}

bool CsvReader::Impl::succeed() {
    record->cells.resize(cells);
    record->problem.clear();
    record->line = of_record.front().number;
    record->raw.clear();
    for (const auto& line : of_record) {
        record->raw += line.text;
    }
    record->raw.resize(without_end(record->raw).size());
    of_record.clear();
    cells = 0;
    complete = false;
    return true;
}

bool CsvReader::Impl::next(Record& into) {
    record = &into;
    std::size_t size = 0;
    Line line;
    while (lines.next(line)) {
        if (first && line.text.starts_with(k_byte_order_mark)) {
            line.text.erase(0, k_byte_order_mark.size());
        }
        first = false;
        size += line.text.size();
        of_record.push_back(std::move(line));
        const Line& latest = of_record.back();
        if (latest.too_long || size > k_record_bytes) {
            return fail(of_record.size() > 1 ? k_never_closed : k_too_long);
        }
        if (!feed(latest.text)) {
            return fail(of_record.size() > 1 ? k_never_closed : k_stray_quote);
        }
        if (complete) {
            return succeed();
        }
        const bool blank = cells == 0 && of_record.size() == 1 &&
                           without_end(latest.text).find_first_not_of(" \t") == std::string_view::npos;
        if (blank) {
            of_record.clear();
            size = 0;
        }
    }
    if (of_record.empty()) {
        return false;
    }
    return finish() && complete ? succeed() : fail(k_never_closed);
}

CsvReader::CsvReader(const std::filesystem::path& file) : impl_(std::make_unique<Impl>(file)) {}
CsvReader::~CsvReader() = default;
bool CsvReader::next(Record& record) { return impl_->next(record); }
std::uint64_t CsvReader::bytes_done() const { return impl_->lines.bytes_done(); }
std::uint64_t CsvReader::bytes_total() const { return impl_->lines.bytes_total(); }

}  // namespace nurture::importer
