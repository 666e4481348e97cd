// SPDX-License-Identifier: MIT
//
// What all parts of one compilation share: the sources, what is known so far, and how mistakes are reported. Internal
// to dsl: everybody else includes compile.hpp. One thread, one run.
#pragma once

#include "dsl/ast.hpp"
#include "dsl/codes.hpp"
#include "dsl/compile.hpp"
#include "dsl/places.hpp"
#include "dsl/pool.hpp"

#include <functional>
#include <map>
#include <set>

namespace nurture::dsl {

/// Where one template or task text goes out, for what may be blank in it (N0504).
struct TextUse {
    CampaignIx campaign = 0;
    Span span;               // of the step
    bool with_note = false;  // the owner writes a paragraph for it
};

/// Segments, campaigns or templates of a rule set. Names are looked up one by one, and indices are 16 bits wide; a
/// large team has some hundred.
inline constexpr std::size_t k_named = 10'000;

struct Compiler {
    Compiler(const SourceSet& the_sources, const World& the_world, Rules& the_rules, Diagnostics& the_diagnostics)
        : sources(the_sources),
          world(the_world),
          rules(the_rules),
          diagnostics(the_diagnostics),
          pool(the_rules.conditions),
          places(the_rules.sources, the_diagnostics) {}

    const SourceSet& sources;  // what spans point into
    const World& world;
    Rules& rules;
    std::size_t looked_for_ = 0;  // unknown names
    Diagnostics& diagnostics;
    Pool pool;
    Places places;
    std::vector<ast::File> files;

    std::map<std::string, const ast::Values*, std::less<>> values;

    /// Set while segments are compiled: makes the segment's condition on demand, whatever the order in the files.
    /// False when that cannot be, because it waits for the one that asks.
    std::function<bool(SegmentIx)> need_segment;

    std::vector<bool> has_audience;  // by CampaignIx: there is one, and it is known

    // What could not be read is reported already; what seems to be missing may have stood there.
    bool incomplete = false;                                     // a block of some file
    bool policy_incomplete = false;                              // a line of the policy
    std::set<std::string, std::less<>> unread;                   // declarations of fields and events
    std::set<std::pair<Channel, std::string>> unread_templates;  // some lines of them

    /// Where each list and consent of the schema was first mentioned.
    std::vector<Span> list_spans, consent_spans;

    /// By position in rules.templates of the text for everybody.
    std::vector<std::vector<TextUse>> template_uses;

    // --- reporting -----------------------------------------------------------------------------------------------

    /// Adds a diagnostic; the reference holds until the next one is added. Those over the limit of a file are dropped.
    Diagnostic& report(std::string_view code, Span place, std::string title, std::string label = {});
    /// "there is no KIND called NAME", with the nearest of `known` and a fix.
    /// N0206: there are two `kinds` of that name.
    void taken(std::string_view kinds, std::string_view name, Span place, Span first);
    /// N0109 for every one after the first.
    template<class Lines>
    void at_most_once(const Lines& lines, std::string_view what) {
        for (std::size_t i = 1; i < lines.size(); ++i) {
            said_twice(span_of(lines[i]), span_of(lines.front()), what);
        }
    }
    void said_twice(Span place, Span first, std::string_view what);
    static Span span_of(const Span& span) { return span; }
    template<class Line>
    static Span span_of(const Line& line) {
        return line.span;
    }

    /// Says nothing when the name may have stood in a block that could not be read.
    void unknown_name(std::string_view code, std::string_view kind, std::string_view name, Span place,
                      const std::vector<std::string>& known, std::string note = {});

    bool full(std::uint32_t file) const;
    std::map<std::uint32_t, std::size_t> said;  // per file
    Diagnostic dropped;

    // --- names ---------------------------------------------------------------------------------------------------

    std::optional<FieldIx> field(const ast::Word& word);
    std::optional<EventIx> event(const ast::Word& word);
    std::optional<SegmentIx> segment(const ast::Quoted& name);
    std::optional<CampaignIx> campaign(const ast::Quoted& name);
    std::optional<TemplateIx> find_template(Channel channel, const ast::Quoted& name);
    void check_person(const ast::Quoted& name);
    ListIx list(const ast::Quoted& name);        // every mentioned name is in the schema
    ConsentIx consent(const ast::Quoted& name);  // likewise

    /// Of the rule file's directory, or the nearest one above it that has a policy: an index for Rules::policy_of.
    std::size_t policy_at(std::uint32_t file) const;
    const Policy& policy_of(std::uint32_t file) const {
        const std::size_t ix = policy_at(file);
        return ix == 0 ? rules.policy : rules.below[ix - 1];
    }

    // --- text ----------------------------------------------------------------------------------------------------

    /// The author's words on one line: comments dropped, blanks outside quotes made one.
    std::string one_line(Span span) const;
};

// --- the parts, in the order in which they run ----------------------------------------------------------------------

/// Fields, events and values; placeholders for segments and campaigns, sorted by name.
void declare(Compiler& compiler);
void declare_schema(Compiler& compiler);
void compile_templates(Compiler& compiler);
void compile_policy(Compiler& compiler);
void compile_segments(Compiler& compiler);
void compile_campaigns(Compiler& compiler);
/// `retired` and `renamed`, of steps and of campaigns.
void compile_edits(Compiler& compiler);
void check_campaigns(Compiler& compiler);
void check_caps(Compiler& compiler);
void check_templates(Compiler& compiler);
void check_tests(Compiler& compiler);
void check_names(Compiler& compiler);
void apply_allows(Compiler& compiler);

// --- shared between parts -------------------------------------------------------------------------------------------

/// A test that must hold for its line to hold, and where it stands: the line itself, or one within its group.
struct Needed {
    ConditionIx condition = 0;
    Span span;
};
struct CompiledLine {
    ConditionIx condition = 0;
    std::optional<ConditionIx> unknown;
    std::vector<Needed> needed;
};
CompiledLine compile_field_test(Compiler& compiler, const ast::FieldTest& test, Span line);
/// Condition lines, in order. Reports what is wrong; a broken line becomes `always`.
CompiledLine compile_condition(Compiler& compiler, const ast::Condition& line);
struct Line : SegmentLine {
    std::vector<Needed> needed;
};
std::vector<Line> compile_lines(Compiler& compiler, const std::vector<ast::Condition>& lines);
/// The condition of lines that must all hold; what contradicts itself in them is reported.
ConditionIx compile_whole(Compiler& compiler, const std::vector<Line>& lines);
/// Lines that must all hold: two that exclude each other (N0220).
void check_lines(Compiler& compiler, const std::vector<Line>& lines);
/// Lines of an `any of` or `none of`: two of which one always holds.
void check_alternatives(Compiler& compiler, const std::vector<Line>& lines, bool any_of);
/// The words after an operator: names, or those of `values "…"`. Folded and sorted.
std::vector<std::string> folded_values(Compiler& compiler, const std::vector<ast::Quoted>& values,
                                       const std::optional<ast::Quoted>& values_name);

/// `ix`: where its texts are used, in today's rules.
void compile_campaign(Compiler& compiler, const ast::Campaign& source, Campaign& campaign,
                      std::optional<CampaignIx> ix);
/// Of a campaign or a policy.
SmsLimit compile_sms_limit(Compiler& compiler, const ast::SmsLimit& source);
void compile_step_edits(Compiler& compiler, const ast::Campaign& source, Campaign& campaign);
/// Values lists of rules that are compiled already.
void read_values(Compiler& compiler);
/// "healthcare/travel" of "healthcare/travel/icu.nurture"; empty for the rules directory itself.
std::string directory_of(std::string_view path);

/// What happens to a message of ours, so that it can say which.
bool is_message_event(EventIx event);
/// `has worked "x"`, where `worked` has no names; `who`: "has", "candidate has".
void report_no_name(Compiler& compiler, const ast::Quoted& name, EventIx event, std::string_view who);
std::optional<Change> compile_change(Compiler& compiler, const ast::Change& change);
PersonRef compile_person(Compiler& compiler, const ast::Person& person);
/// `live` is the campaign in today's rules; null diagnostics are never given.
std::shared_ptr<const StepList> compile_steps(Compiler& compiler, const ast::Campaign& source,
                                              std::optional<CampaignIx> campaign);
Hash step_list_hash(const ast::Campaign& campaign);

/// Merge fields of one text; what is wrong in them is reported.
Pieces compile_text(Compiler& compiler, std::string_view text, Span span, bool is_task);

Length to_length(const ast::Length& length);
/// Days, weeks, months and years; reports other units.
DayOffset to_offset(Compiler& compiler, const ast::Length& length, std::string_view where);
const char* kind_name(FieldKind kind);       // "a list of text"
std::string iso(std::chrono::sys_days day);  // "2026-03-01"
Channel to_channel(ast::Channel channel);
std::string plural(long count, std::string_view unit);

}  // namespace nurture::dsl
