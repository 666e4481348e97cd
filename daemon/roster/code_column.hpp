// SPDX-License-Identifier: MIT
//
// A code per row: a byte each while all codes fit into one, which is how it mostly is, four bytes from the first larger
// one on. Same threads as Columns.
#pragma once

#include "daemon/roster/dictionary.hpp"

#include <limits>
#include <vector>

namespace nurture::roster {

class CodeColumn {
public:
    std::size_t size() const { return narrow_.size() + wide_.size(); }
    bool empty() const { return size() == 0; }
    Code operator[](std::size_t row) const { return is_wide() ? wide_[row] : narrow_[row]; }

    void add_row() { is_wide() ? wide_.push_back(0) : narrow_.push_back(0); }
    void set(std::size_t row, Code code) {
        if (!is_wide() && code > std::numeric_limits<std::uint8_t>::max()) {
            wide_.assign(narrow_.begin(), narrow_.end());
            narrow_ = {};
        }
        if (is_wide())
            wide_[row] = code;
        else
            narrow_[row] = static_cast<std::uint8_t>(code);
    }
    void shrink() {
        narrow_.shrink_to_fit();
        wide_.shrink_to_fit();
    }

    bool is_wide() const { return !wide_.empty(); }
    const std::vector<std::uint8_t>& narrow() const { return narrow_; }  // one of the two is empty
    const std::vector<Code>& wide() const { return wide_; }

private:
    std::vector<std::uint8_t> narrow_;
    std::vector<Code> wide_;
};

}  // namespace nurture::roster
