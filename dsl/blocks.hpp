// SPDX-License-Identifier: MIT
//
// Statements to blocks, by an explicit stack: no recursion on the author's nesting, which is bounded by k_block_depth.
// A statement whose block could not be opened goes to a part of the tree that nobody sees, so that one mistake is one
// message. Not shared between threads.
#pragma once

#include "dsl/ast.hpp"
#include "dsl/diagnostic.hpp"
#include "dsl/lines.hpp"
#include "dsl/statement.hpp"

#include <deque>
#include <optional>
#include <string_view>
#include <vector>

namespace nurture::dsl {

class Blocks {
public:
    /// Lines outside of every block stand in `outside`: Place::file, or Place::conditions with `conditions` to fill.
    Blocks(const SourceFile& source, ast::File& file, Diagnostics& diagnostics, Place outside,
           std::vector<ast::Condition>* conditions);

    Place place() const;
    std::size_t depth() const { return stack_.size() + too_deep_; }
    /// Columns before the outermost open block.
    std::optional<std::uint32_t> outermost_indent() const;

    /// `head` are the first words of the line, what a message about the block points at.
    void take(const LogicalLine& line, Span head, Statement&& statement);
    void message_text(const LogicalLine& line);

    /// A line that was reported instead of being taken: what stands around it is incomplete.
    void skip(const LogicalLine& line);
    /// Such a line that still opens a block. `name` is kept, so that others may refer to it.
    void open_unread(const LogicalLine& line, Span head, PhraseId opener, const std::optional<ast::Quoted>& name);

    /// All open blocks must have been closed before this line, or (null) before the end of the file.
    void close_all(const LogicalLine* before);

private:
    struct Frame {
        Place place{};
        std::string_view word;  // "any of"
        Span head;
        std::uint32_t indent = 0;
        const LogicalLine* suspect = nullptr;  // first line inside that is not indented deeper
        bool otherwise_seen = false;
        bool* incomplete = nullptr;
        std::vector<ast::Condition>* conditions = nullptr;
        std::vector<ast::Step>* steps = nullptr;
        ast::Branch* branch = nullptr;
        ast::Campaign* campaign = nullptr;
        ast::SplitStep* split = nullptr;
        ast::Policy* policy = nullptr;
        ast::Template* message_template = nullptr;
        ast::Test* test = nullptr;
        ast::Given* given = nullptr;
    };
    struct Taker;  // the visitor of statements
    friend struct Taker;

    void look_at_indent(const LogicalLine& line, const Statement& statement);
    bool push(const LogicalLine& line, Span head, Frame frame);
    void open_hidden(const LogicalLine& line, Span head, PhraseId opener);
    void close(const LogicalLine& line);
    void report_unclosed(const Frame& frame, const LogicalLine* before);
    void check_name(const ast::Word& name, std::string_view what);
    void said_twice(Span first, Span second, std::string_view what);
    void silence(const LogicalLine& line);
    Span span_of(const LogicalLine& line) const { return {file_.file, line.begin, line.end}; }

    const SourceFile& source_;
    ast::File& file_;
    ast::File unnamed_;  // blocks of a file whose name could not be read
    // Blocks that do not count, inside others: deques, because frames point into them.
    std::deque<ast::Step> hidden_steps_;
    std::deque<ast::Segment> hidden_segments_;
    std::deque<ast::Given> hidden_given_;
    bool hidden_incomplete_ = false;
    Diagnostics& diagnostics_;
    Frame outside_;
    std::vector<Frame> stack_;
    std::vector<Frame> closed_suspects_;  // of the current outermost block
    std::size_t too_deep_ = 0;
    std::vector<std::size_t> open_allows_;  // positions in file_.allows that wait for their line
};

}  // namespace nurture::dsl
