// SPDX-License-Identifier: MIT
#include "dsl/compile.hpp"

#include "dsl/characters.hpp"
#include "dsl/compiler.hpp"
#include "dsl/hash.hpp"
#include "dsl/lines.hpp"
#include "dsl/parse.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::dsl {
namespace {

/// All rule files together. A thousand campaigns are about one megabyte, and checking one takes a fifth of a second.
constexpr std::size_t k_rules_bytes = std::size_t{8} << 20;

void parse_files(Compiler& c) {
    std::size_t bytes = 0;
    for (std::uint32_t i = 0; i < c.sources.files.size(); ++i) {
        const SourceFile& file = c.sources.files[i];
        if (!is_rule_file(file.path)) {
            continue;
        }
        bytes += file.text.size();
        if (bytes > k_rules_bytes) {
            c.report("N0130", {i, 0, 0},
                     fmt::format("the rule files have more than {} megabytes together", k_rules_bytes >> 20),
                     "from here on nothing was looked at");
            c.incomplete = true;
            return;
        }
        c.files.push_back(parse(c.sources, i, c.diagnostics));
        const ast::File& parsed = c.files.back();
        c.incomplete = c.incomplete || parsed.incomplete;
        for (const ast::Word& word : parsed.unread_fields) {
            c.unread.insert(word.text);
        }
        for (const ast::Word& word : parsed.unread_events) {
            c.unread.insert(word.text);
        }
        for (const ast::Policy& policy : parsed.policies) {
            c.policy_incomplete = c.policy_incomplete || policy.incomplete;
        }
    }
}

/// The identity of a rule set: every file with its name; of rule files only what is said, not how it is laid out.
Hash hash_of(const SourceSet& sources) {
    std::string all;
    for (const SourceFile& file : sources.files) {
        const std::string text = is_rule_file(file.path) ? format(file.text) : file.text;
        fmt::format_to(std::back_inserter(all), "{}:{}{}:{}", file.path.size(), file.path, text.size(), text);
    }
    return sha256(all);
}

void compile_all(Compiler& c) {
    parse_files(c);
    declare(c);
    compile_templates(c);
    compile_policy(c);
    compile_segments(c);
    compile_campaigns(c);
    compile_edits(c);
    check_campaigns(c);
    check_caps(c);
    check_templates(c);
    check_tests(c);
    check_names(c);
    apply_allows(c);
}

/// Where the `fields` and `events` blocks of a file stand, from their first line to their `end`.
void declaration_blocks(const SourceSet& sources, std::uint32_t file, std::vector<Span>& blocks) {
    const std::string_view text = sources.files[file].text;
    Diagnostics said_by_the_parser;
    std::optional<std::uint32_t> open;
    for (const LogicalLine& line : split_lines(text, file, said_by_the_parser)) {
        const std::string word =
            line.kind == LineKind::statement ? lower_ascii(text.substr(line.begin, line.end - line.begin)) : "";
        if (!open && (word == "fields" || word == "events")) {
            open = line.begin;
        } else if (open && word == "end") {
            blocks.push_back({file, *open, line.end});
            open.reset();
        }
    }
    if (open) {
        blocks.push_back({file, *open, static_cast<std::uint32_t>(text.size()) + 1});
    }
}

}  // namespace

Compiled compile(SourceSet sources, const World& world) {
    auto rules = std::make_shared<Rules>();
    rules->sources = std::move(sources);
    Compiled result;
    Compiler compiler(rules->sources, world, *rules, result.diagnostics);
    compile_all(compiler);
    tidy(result.diagnostics);
    if (!has_errors(result.diagnostics)) {
        rules->hash = hash_of(rules->sources);
        result.rules = std::move(rules);
    } else if (std::all_of(result.diagnostics.begin(), result.diagnostics.end(),
                           [](const Diagnostic& d) { return d.severity != Severity::error || d.code == "N0504"; })) {
        result.but_for_blanks = std::move(rules);
    }
    return result;
}

void read_values(Compiler& c) {
    for (const ast::File& file : c.files) {
        for (const ast::Values& values : file.values) {
            c.values.emplace(values.name.text, &values);
        }
    }
}

CompiledSchema compile_schema(const SourceSet& sources) {
    Rules rules;
    rules.sources = sources;
    Diagnostics all;
    const World world;
    Compiler compiler(sources, world, rules, all);
    parse_files(compiler);
    // Only what stands in a `fields` or `events` block counts here.
    std::vector<Span> blocks;
    for (const ast::File& file : compiler.files) {
        declaration_blocks(sources, file.file, blocks);
    }
    CompiledSchema result;
    const std::size_t parsed = all.size();
    declare_schema(compiler);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const Span at = all[i].labels.front().span;
        const bool inside = std::any_of(blocks.begin(), blocks.end(), [&](const Span& block) {
            return block.file == at.file && at.begin >= block.begin && at.begin < block.end;
        });
        if (inside || i >= parsed) {
            result.diagnostics.push_back(std::move(all[i]));
        }
    }
    tidy(result.diagnostics);
    if (!has_errors(result.diagnostics)) {
        result.schema = std::move(rules.schema);
    }
    return result;
}

Compiled compile_find(const Rules& rules, std::string lines, std::string name) {
    auto found = std::make_shared<Rules>(rules);
    const auto file = static_cast<std::uint32_t>(found->sources.files.size());
    found->sources.files.push_back({name, std::move(lines)});
    Compiled result;
    const World world;
    Compiler compiler(found->sources, world, *found, result.diagnostics);
    Diagnostics known;  // these files were compiled without an error already
    for (std::uint32_t i = 0; i < file; ++i) {
        if (is_rule_file(found->sources.files[i].path)) {
            compiler.files.push_back(parse(found->sources, i, known));
        }
    }
    read_values(compiler);
    const std::vector<ast::Condition> conditions = parse_conditions(found->sources, file, result.diagnostics);
    Segment segment;
    segment.name = std::move(name);
    segment.span = {file, 0, static_cast<std::uint32_t>(found->sources.files.back().text.size())};
    const std::vector<Line> compiled = compile_lines(compiler, conditions);
    segment.whole = compile_whole(compiler, compiled);
    segment.lines.assign(compiled.begin(), compiled.end());
    found->segments.push_back(std::move(segment));
    tidy(result.diagnostics);
    if (!has_errors(result.diagnostics)) {
        result.rules = std::move(found);
    }
    return result;
}

}  // namespace nurture::dsl
