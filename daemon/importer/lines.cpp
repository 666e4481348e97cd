// SPDX-License-Identifier: MIT
#include "daemon/importer/lines.hpp"

#include "daemon/base/error.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace nurture::importer {
namespace {

constexpr std::size_t k_buffer_bytes = std::size_t{256} << 10;

}  // namespace

Lines::Lines(const std::filesystem::path& file) : path_(file), in_(file, std::ios::binary), buffer_(k_buffer_bytes) {
    if (!in_) {
        throw base::FileError("cannot read " + file.string() + ": " + std::generic_category().message(errno));
    }
    std::error_code unknown;  // a pipe has no size
    const auto size = std::filesystem::file_size(file, unknown);
    total_ = unknown ? 0 : size;
}

bool Lines::fill() {
    in_.read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    if (in_.bad()) {
        throw base::FileError("cannot read " + path_.string() + ": the disk reports an error");
    }
    at_ = 0;
    end_ = static_cast<std::size_t>(in_.gcount());
    done_ += end_;
    return end_ > 0;
}

/// At a line end: takes it, CRLF as one, even over the border of two buffers.
bool Lines::ends_here(Line& line) {
    const char c = buffer_[at_++];
    line.text += c;
    if (c == '\r' && (at_ < end_ || fill()) && buffer_[at_] == '\n') {
        line.text += buffer_[at_++];
    }
    return true;
}

bool Lines::read(Line& line) {
    line = Line{{}, number_ + 1, false};
    bool something = false;
    while (at_ < end_ || fill()) {
        something = true;
        const auto begin = buffer_.begin() + static_cast<std::ptrdiff_t>(at_);
        const auto stop = std::find_if(begin, buffer_.begin() + static_cast<std::ptrdiff_t>(end_),
                                       [](char c) { return c == '\n' || c == '\r'; });
        if (line.text.size() + static_cast<std::size_t>(stop - begin) > k_record_bytes && !line.too_long) {
            line.too_long = true;
            line.text.append(begin, std::min(stop, begin + k_kept_bytes));
            line.text.resize(std::min(line.text.size(), k_kept_bytes));
        }
        if (!line.too_long) {
            line.text.append(begin, stop);
        }
        at_ = static_cast<std::size_t>(stop - buffer_.begin());
        if (at_ < end_ && ends_here(line)) {
            break;
        }
    }
    number_ += something ? 1 : 0;
    return something;
}

bool Lines::next(Line& line) {
    if (again_.empty()) {
        return read(line);
    }
    line = std::move(again_.front());
    again_.pop_front();
    return true;
}

void Lines::put_back(std::vector<Line> lines) {
    again_.insert(again_.begin(), std::make_move_iterator(lines.begin()), std::make_move_iterator(lines.end()));
}

}  // namespace nurture::importer
