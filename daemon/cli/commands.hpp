// SPDX-License-Identifier: MIT
//
// Every command of `nurture` as a function: what was typed in, exit code out (session.hpp). arguments.cpp turns a
// command line into one of these calls. They print to the session's streams and throw Usage, Failure, Reported, and
// what the folders below throw for this machine's trouble. One thread.
#pragma once

#include "daemon/cli/session.hpp"
#include "daemon/importer/import.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace nurture::cli {

using std::filesystem::path;

// --- writing rules ----------------------------------------------------------------------------------------------

struct InitOptions {
    path directory;
    std::string as_of;  // the day that the sample people live around; empty: today
};
int init(Session& session, const InitOptions& options);

struct CheckOptions {
    path directory;  // empty: as nurtured.toml says
    bool fix = false, is_short = false, json = false, strict = false;
    std::string people;  // a code: name the people whom its messages are about
};
int check(Session& session, const CheckOptions& options);

struct FormatOptions {
    std::vector<path> files;  // empty: all rule files
    bool check = false;
};
int format(Session& session, const FormatOptions& options);

struct TestOptions {
    std::vector<path> files;  // empty: all rule files
    bool timelines = false, json = false;
};
int test(Session& session, const TestOptions& options);

enum class FindFormat : std::uint8_t { table, csv, json };
struct FindOptions {
    std::string segment;
    bool all_segments = false;
    std::vector<std::string> lines;
    std::string as_of;
    bool count = false;
    bool near = false;     // instead: who is out because of one line alone
    bool reasons = false;  // what each has, line by line
    bool all = false;      // also in a table
    FindFormat format = FindFormat::table;
};
int find(Session& session, const FindOptions& options);

struct FieldsOptions {
    bool json = false;
};
int fields(Session& session, const FieldsOptions& options);

struct NewOptions {
    std::string kind, name;  // segment, campaign or policy
};
int new_file(Session& session, const NewOptions& options);

struct ExplainOptions {
    std::string code;  // or "defaults"; empty: all of them
};
int explain(Session& session, const ExplainOptions& options);

// --- people -----------------------------------------------------------------------------------------------------

struct ImportOptions {
    importer::What what = importer::What::candidates;
    std::string list;
    path file, map;
    bool only_validate = false, live = false, json = false;
};
int import_people(Session& session, const ImportOptions& options);

struct WhyOptions {
    std::string person, campaign, as_of;
    bool json = false;
};
int why(Session& session, const WhyOptions& options);

struct SuppressOptions {
    std::string person;  // or an address
    std::string because;
};
int suppress(Session& session, const SuppressOptions& options);
int lift(Session& session, const SuppressOptions& options);

struct EraseOptions {
    std::string person;
    bool yes = false;  // do not ask
};
int erase(Session& session, const EraseOptions& options);

struct ExportOptions {
    std::string person;
};
int export_person(Session& session, const ExportOptions& options);

// --- going live -------------------------------------------------------------------------------------------------

struct PlanOptions {
    std::string as_of;
    std::vector<std::string> assume;
    bool json = false, detailed_exit_code = false;
    bool people = false;  // names
};
int plan(Session& session, const PlanOptions& options);

struct ApplyOptions {
    std::string hash;     // of a plan
    std::string back_to;  // or of a rule set that was live before
};
int apply(Session& session, const ApplyOptions& options);

struct PreviewOptions {
    std::string campaign, as_of, from;
    std::int32_t days = 30;
    std::vector<std::string> assume;
    std::vector<path> with;  // edited rule files that stand in for those of the directory
    std::string person;
    bool json = false, people = false, test_mode = false;
    path html;               // the report, instead of text
    bool anonymous = false;  // of the report: nobody's data
};
int preview(Session& session, const PreviewOptions& options);

struct RehearseOptions {
    std::string from;
    std::int32_t days = 30;
    path into;
    std::string relay;
    std::vector<std::string> assume;
    bool test_mode = false, json = false;
};
int rehearse(Session& session, const RehearseOptions& options);

struct SendTestOptions {
    std::string message_template, to, person;
};
int send_test(Session& session, const SendTestOptions& options);

// --- while it runs ----------------------------------------------------------------------------------------------

struct StatusOptions {
    bool json = false;
};
int status(Session& session, const StatusOptions& options);

struct BecauseOptions {
    std::string because;
};
int stop(Session& session, const BecauseOptions& options);
struct ResumeOptions {
    std::string what;  // a campaign, CAMPAIGN/STEP, email or sms; empty: the kill switch
    std::string because;
};
int resume(Session& session, const ResumeOptions& options);
int reconcile(Session& session, const BecauseOptions& options);

struct TasksOptions {
    std::string owner;
    bool json = false;
};
int tasks(Session& session, const TasksOptions& options);

enum class Answer : std::uint8_t { approve, refuse, done };
struct AnswerOptions {
    Answer answer{};
    std::vector<std::int64_t> ids;
    bool all = false;
    std::string owner, because;
};
int answer(Session& session, const AnswerOptions& options);

struct NoteOptions {
    std::int64_t id = 0;
    std::string text;  // "-": standard input; empty: in an editor
};
int note(Session& session, const NoteOptions& options);

struct HistoryOptions {
    bool json = false;
};
int history(Session& session, const HistoryOptions& options);

int journal_verify(Session& session, bool json);
int journal_export(Session& session);

}  // namespace nurture::cli
