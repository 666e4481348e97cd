// SPDX-License-Identifier: MIT
#include "daemon/cli/arguments.hpp"

#include "daemon/base/error.hpp"
#include "daemon/cli/commands.hpp"
#include "dsl/diagnostic.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <new>
#include <ostream>

namespace nurture::cli {
namespace {

using Chosen = std::function<int(Session&)>;

constexpr const char* k_write = "Writing rules";
constexpr const char* k_people = "People";
constexpr const char* k_live = "Going live";
constexpr const char* k_running = "While it runs";

constexpr std::array k_not_yet = {"lsp", "doctor"};

/// `nurture plan [OPTIONS]`, without the capitals that CLI11 puts around commands.
class Help : public CLI::Formatter {
public:
    Help() { column_width(34); }
    std::string make_usage(const CLI::App* app, std::string name) const override {
        if (app->get_parent() == nullptr)
            return "Usage: nurture [--config FILE] COMMAND …\n";
        return "Usage: " + CLI::Formatter::make_usage(app, std::move(name)).substr(sizeof "Usage:");
    }
};

/// Where commands are declared: each gets its options, and what to call when it is the one.
class Commands {
public:
    Commands(CLI::App& app, Chosen& chosen) : app_(app), chosen_(chosen) {}

    /// `bind` declares the options of a fresh Options; `call` is the command.
    template<class Options>
    void add(CLI::App& parent, const char* name, const char* what, const char* group,
             const std::function<void(CLI::App&, Options&)>& bind, int (*call)(Session&, const Options&),
             Options begin = {}) {
        auto options = std::make_shared<Options>(std::move(begin));
        auto* command = parent.add_subcommand(name, what)->group(group)->fallthrough();
        bind(*command, *options);
        command->callback(
            [this, options, call] { chosen_ = [options, call](Session& session) { return call(session, *options); }; });
    }

    CLI::App& top() { return app_; }
    void choose(Chosen chosen) { chosen_ = std::move(chosen); }

private:
    CLI::App& app_;
    Chosen& chosen_;
};

void json_flag(CLI::App& command, bool& json) { command.add_flag("--json", json, "One JSON document"); }
void as_of_option(CLI::App& command, std::string& as_of) {
    command
        .add_option("--as-of", as_of, "As if it were then: 2026-03-02T07:00 in the policy's zone, or with an offset")
        ->type_name("INSTANT");
}
void assume_option(CLI::App& command, std::vector<std::string>& assume) {
    command.add_option("--assume", assume, "approvals=next-morning, at-once or never; replies=5%")
        ->type_name("WHAT")
        ->allow_extra_args(false);
}
void because_option(CLI::App& command, std::string& because, const char* what) {
    command.add_option("--because", because, what)->type_name("TEXT");
}
void person_argument(CLI::App& command, std::string& person) {
    command.add_option("PERSON", person, "ref, email address or phone number; - reads it from standard input")
        ->required();
}
void not_yet(CLI::App& command, const std::string& option) {
    command
        .add_option_function<std::string>(
            option, [option](const std::string&) { throw Usage(option + " is not in this version yet"); })
        ->group("");
}

void declare_writing(Commands& all) {
    auto& app = all.top();
    all.add<InitOptions>(
        app, "init", "Make a working directory: configuration in test mode, rules, sample people", k_write,
        [](auto& c, auto& o) {
            c.add_option("DIR", o.directory, "It must not exist, or be empty")->required();
            c.add_option("--as-of", o.as_of, "The day that the sample people live around. Default: today")
                ->type_name("DAY");
        },
        init);
    all.add<CheckOptions>(
        app, "check", "Every mistake in the rules, with the line to write instead", k_write,
        [](auto& c, auto& o) {
            c.add_option("DIR", o.directory, "The rules directory. Default: as nurtured.toml says");
            c.add_flag("--fix", o.fix, "Accept the suggestions: they are written into the files");
            c.add_flag("--short", o.is_short, "One line each, for editors");
            json_flag(c, o.json);
            c.add_flag("--strict", o.strict, "Exit with 3 when there are warnings");
            c.add_option("--people", o.people, "Name the people whom the messages with this code count")
                ->type_name("CODE");
        },
        check);
    all.add<FormatOptions>(
        app, "fmt", "Write rule files in the one layout", k_write,
        [](auto& c, auto& o) {
            c.add_option("FILE", o.files, "Default: all of the rules directory");
            c.add_flag("--check", o.check, "Only name the files that differ, and exit with 1");
        },
        format);
    all.add<TestOptions>(
        app, "test", "Play the `test` blocks of the rules, with a clock of their own", k_write,
        [](auto& c, auto& o) {
            c.add_option("FILE", o.files, "Only the tests of these. Default: all of the rules directory");
            c.add_flag("--timeline", o.timelines, "What happened, for tests that came true as well");
            json_flag(c, o.json);
        },
        test);
    all.add<FindOptions>(
        app, "find", "Who is in a segment, or fits conditions given as lines", k_write,
        [](auto& c, auto& o) {
            c.add_option("LINES", o.lines, "Conditions, as in a segment; quote each line");
            c.add_option("--segment", o.segment, "A segment of the rules")->type_name("NAME");
            c.add_flag("--all-segments", o.all_segments, "How many people are in each segment");
            as_of_option(c, o.as_of);
            c.add_flag("--count", o.count, "The number alone");
            c.add_flag("--near", o.near, "Instead: who fails exactly one line, with that line and what they have");
            c.add_flag("--all", o.all, "Everybody in the table, not only the first 40");
            c.add_flag("--reasons", o.reasons, "What each of them has where the lines look");
            const std::map<std::string, FindFormat> formats{
                {"table", FindFormat::table}, {"csv", FindFormat::csv}, {"json", FindFormat::json}};
            c.add_option("--format", o.format, "table, csv or json")
                ->transform(CLI::Transformer(formats).description(""))
                ->type_name("FORM");
        },
        find);
    all.add<FieldsOptions>(
        app, "fields", "The fields and events that rules can ask about", k_write,
        [](auto& c, auto& o) {
            json_flag(c, o.json);
            not_yet(c, "--convert");
        },
        fields);
    all.add<ExplainOptions>(
        app, "explain", "What a message of the checker means, with a wrong and a right example", k_write,
        [](auto& c, auto& o) {
            c.add_option("CODE", o.code,
                         "For example N0201; or `defaults`: what holds where a line is not written. "
                         "Default: all codes");
        },
        explain);
    all.add<NewOptions>(
        app, "new", "A commented file to start from", k_write,
        [](auto& c, auto& o) {
            c.add_option("KIND", o.kind, "segment, campaign or policy")->required();
            c.add_option("NAME", o.name, "What it is called; in quotes if it has blanks")->required();
        },
        new_file);
}

void declare_import(Commands& all) {
    auto& import = *all.top().add_subcommand("import", "Read people, events, consents or a list from a CSV file");
    import.group(k_people)->require_subcommand(1)->fallthrough();
    const auto add = [&](const char* name, const char* what, importer::What kind) {
        ImportOptions begin;
        begin.what = kind;
        all.add<ImportOptions>(
            import, name, what, "What to import",
            [kind](auto& c, auto& o) {
                if (kind == importer::What::list)
                    c.add_option("NAME", o.list, "The list, as rules call it")->required();
                c.add_option("FILE", o.file, "CSV, UTF-8, with a header row")->required();
                c.add_option("--map", o.map, "Which column of a foreign export is which field (TOML)")
                    ->type_name("FILE");
                c.add_flag("--dry-run", o.only_validate,
                           "Read and judge everything, write nothing but the reject file");
                c.add_flag("--live", o.live, "This is happening now: changes start campaigns");
                json_flag(c, o.json);
            },
            import_people, begin);
    };
    add("candidates", "People: one row each, `ref` is their id", importer::What::candidates);
    add("events", "What happened: ref,event,at[,detail]", importer::What::events);
    add("consents", "What they agreed to: ref,consent,status,at[,source]", importer::What::consents);
    add("list", "Who is on a list: ref, or email", importer::What::list);
}

void declare_people(Commands& all) {
    auto& app = all.top();
    declare_import(all);
    all.add<WhyOptions>(
        app, "why", "Why this person is, or is not, in a campaign, line by line", k_people,
        [](auto& c, auto& o) {
            person_argument(c, o.person);
            c.add_option("CAMPAIGN", o.campaign, "Only this one, in full");
            as_of_option(c, o.as_of);
            json_flag(c, o.json);
        },
        why);
    all.add<SuppressOptions>(
        app, "suppress", "Never write to somebody again", k_people,
        [](auto& c, auto& o) {
            c.add_option("PERSON", o.person,
                         "ref, or an email address or phone number that need not be in the store; "
                         "- reads it from standard input")
                ->required();
            because_option(c, o.because, "Why, for the record");
        },
        suppress);
    all.add<SuppressOptions>(
        app, "lift", "Take a suppression back", k_people,
        [](auto& c, auto& o) {
            person_argument(c, o.person);
            because_option(c, o.because, "Why, for the record");
        },
        lift);
    all.add<EraseOptions>(
        app, "erase", "Forget a person for good", k_people,
        [](auto& c, auto& o) {
            person_argument(c, o.person);
            c.add_flag("--yes", o.yes, "Do not ask");
        },
        erase);
    all.add<ExportOptions>(
        app, "export", "Everything that the store holds about a person, as JSON", k_people,
        [](auto& c, auto& o) { person_argument(c, o.person); }, export_person);
}

void declare_live(Commands& all) {
    auto& app = all.top();
    all.add<PlanOptions>(
        app, "plan", "What would change if the rules in the directory were applied, with a hash", k_live,
        [](auto& c, auto& o) {
            as_of_option(c, o.as_of);
            assume_option(c, o.assume);
            json_flag(c, o.json);
            c.add_flag("--people", o.people, "Name the people who hear less often than the policy promises");
            c.add_flag("--detailed-exit-code", o.detailed_exit_code,
                       "Exit with 4 when applying would change something");
        },
        plan);
    all.add<ApplyOptions>(
        app, "apply", "Make exactly that live which `plan` showed under this hash", k_live,
        [](auto& c, auto& o) {
            auto* hash = c.add_option("HASH", o.hash, "As printed by plan");
            auto* back = c.add_option("--back-to", o.back_to, "Instead: rules that were live before, see history")
                             ->type_name("RULES");
            back->excludes(hash);
        },
        apply);
    all.add<PreviewOptions>(
        app, "preview", "The messages of the coming days, without sending any", k_live,
        [](auto& c, auto& o) {
            c.add_option("CAMPAIGN", o.campaign, "Default: all");
            as_of_option(c, o.as_of);
            c.add_option("--from", o.from, "Begin the report later: what happens until then is foreseen as well")
                ->type_name("INSTANT");
            c.add_option("--days", o.days, "How far to look")->type_name("N")->capture_default_str();
            assume_option(c, o.assume);
            c.add_option("--with", o.with, "As if this rule file stood in place of the one with its name, or were new")
                ->type_name("FILE")
                ->allow_extra_args(false);
            c.add_option("--person", o.person, "What happens to one person: ref, email address or phone number")
                ->type_name("PERSON");
            c.add_flag("--people", o.people, "With names");
            c.add_flag("--test-mode", o.test_mode, "Only people on the allow-list come in");
            json_flag(c, o.json);
            c.add_option("--html", o.html, "Write the report with every message as one HTML file")->type_name("FILE");
            c.add_flag("--anonymous", o.anonymous, "The report names nobody: fields stand as their own names");
        },
        preview);
    all.add<RehearseOptions>(
        app, "rehearse", "The daemon's own path on a copy of the store, with a stepped clock", k_live,
        [](auto& c, auto& o) {
            c.add_option("--from", o.from, "The first minute")->type_name("INSTANT")->required();
            c.add_option("--days", o.days, "How long")->type_name("N")->capture_default_str();
            c.add_option("--into", o.into, "For the copy and the messages; run again, it goes on where it stopped")
                ->type_name("DIR")
                ->required();
            c.add_option("--relay", o.relay, "Hand the mail to a relay on this machine instead of files")
                ->type_name("smtp://127.0.0.1:PORT");
            assume_option(c, o.assume);
            c.add_flag("--test-mode", o.test_mode, "Only people on the allow-list come in");
            json_flag(c, o.json);
        },
        rehearse);
    all.add<SendTestOptions>(
        app, "send-test", "One message to a colleague", k_live,
        [](auto& c, auto& o) {
            c.add_option("TEMPLATE", o.message_template, "A template of the live rules")->required();
            c.add_option("--to", o.to, "An address of [people] or the allow-list")->type_name("ADDRESS")->required();
            c.add_option("--person", o.person, "Whose values fill the text. Default: the first it can be made for")
                ->type_name("PERSON");
        },
        send_test);
}

void declare_journal(Commands& all) {
    auto& journal = *all.top().add_subcommand("journal", "The record of everything that was done");
    journal.group(k_running)->require_subcommand(1)->fallthrough();
    auto json = std::make_shared<bool>(false);
    auto* verify = journal.add_subcommand("verify", "Is it whole, and unchanged?")->fallthrough();
    json_flag(*verify, *json);
    verify->callback([&all, json] { all.choose([json](Session& s) { return journal_verify(s, *json); }); });
    journal.add_subcommand("export", "Every row as a line of JSON")->fallthrough()->callback([&all] {
        all.choose(journal_export);
    });
}

void declare_answer(Commands& all, const char* name, const char* what, Answer kind) {
    AnswerOptions begin;
    begin.answer = kind;
    all.add<AnswerOptions>(
        all.top(), name, what, k_running,
        [](auto& c, auto& o) {
            auto* ids = c.add_option("ID", o.ids, "The numbers that `tasks` shows");
            auto* every = c.add_flag("--all", o.all, "All that wait, of --owner if it is given");
            every->excludes(ids);
            c.add_option("--owner", o.owner, "Only what waits for this person")->type_name("NAME");
            because_option(c, o.because, "Why, for the record");
        },
        answer, begin);
}

void declare_running(Commands& all) {
    auto& app = all.top();
    all.add<StatusOptions>(
        app, "status", "What the daemon is doing, and what comes next", k_running,
        [](auto& c, auto& o) { json_flag(c, o.json); }, status);
    const auto because = [](auto& c, auto& o) { because_option(c, o.because, "Why, for the record"); };
    all.add<BecauseOptions>(app, "stop", "Stop every message at once", k_running, because, stop);
    all.add<ResumeOptions>(
        app, "resume", "Go on after a stop, or with what a breaker holds back", k_running,
        [](auto& c, auto& o) {
            c.add_option("WHAT", o.what,
                         "A campaign, CAMPAIGN/STEP, email or sms, as `status` shows it. Default: after `stop`");
            because_option(c, o.because, "Why, for the record");
        },
        resume);
    all.add<BecauseOptions>(app, "reconcile", "Go on after a restored or copied store, or a clock that jumped",
                            k_running, because, reconcile);
    all.add<TasksOptions>(
        app, "tasks", "What waits for a person: approvals and notes with their message, calls, answers", k_running,
        [](auto& c, auto& o) {
            c.add_option("--owner", o.owner, "Only what waits for this person")->type_name("NAME");
            json_flag(c, o.json);
        },
        tasks);
    declare_answer(all, "approve", "Yes, send it", Answer::approve);
    declare_answer(all, "refuse", "No, do not", Answer::refuse);
    declare_answer(all, "done", "A task is done", Answer::done);
    all.add<NoteOptions>(
        app, "note", "Write the personal note that a message waits for", k_running,
        [](auto& c, auto& o) {
            c.add_option("ID", o.id, "The number that `tasks` shows")->required();
            c.add_option("--text", o.text, "The paragraph; - reads it from standard input. Default: in $EDITOR")
                ->type_name("TEXT");
        },
        note);
    all.add<HistoryOptions>(
        app, "history", "Which rules were applied when, and by whom", k_running,
        [](auto& c, auto& o) { json_flag(c, o.json); }, history);
    declare_journal(all);
}

/// The first word that is no option and no option's value.
std::string first_word(int argc, const char* const* argv) {
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--config" || word == "--store")
            ++i;
        else if (!word.starts_with('-'))
            return word;
    }
    return {};
}

std::vector<std::string> names(const CLI::App& app) {
    std::vector<std::string> all;
    for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
        all.push_back(command->get_name());
    return all;
}

/// "chek": the nearest command; "test": not yet.
void refuse_unknown_command(const CLI::App& app, const std::string& word) {
    if (word.empty())
        throw Usage("say what to do: `nurture --help` lists the commands");
    if (std::find(k_not_yet.begin(), k_not_yet.end(), word) != k_not_yet.end())
        throw Usage(fmt::format("`nurture {}` is not in this version yet", word));
    const auto known = names(app);
    if (std::find(known.begin(), known.end(), word) != known.end())
        return;
    const auto nearest = dsl::nearest(word, known);
    throw Usage(
        fmt::format("there is no command `{}`{}", word,
                    nearest ? fmt::format(", did you mean `nurture {}`?", *nearest) : "; `nurture --help` lists them"));
}

const CLI::App& deepest(const CLI::App& app) {
    const auto used = app.get_subcommands();
    return used.empty() ? app : deepest(*used.front());
}

[[noreturn]] void refuse_arguments(const CLI::App& app, const CLI::ParseError& error) {
    const auto& command = deepest(app);
    const auto path = command.get_parent() == nullptr ? std::string("nurture")
                      : command.get_parent()->get_parent() == nullptr
                          ? "nurture " + command.get_name()
                          : "nurture " + command.get_parent()->get_name() + " " + command.get_name();
    const auto left_over = app.remaining(true);
    if (left_over.empty())
        throw Usage(fmt::format("{}. See: {} --help", error.what(), path));
    std::vector<std::string> known = names(command);
    for (const auto* level = &command; level != nullptr; level = level->get_parent())
        for (const auto* option : level->get_options([](const CLI::Option* o) { return !o->get_lnames().empty(); }))
            known.push_back("--" + option->get_lnames().front());
    const auto nearest = dsl::nearest(left_over.front(), known);
    throw Usage(fmt::format("{}: `{}` does not belong here{} See: {} --help", path, left_over.front(),
                            nearest ? fmt::format(", did you mean `{}`?", *nearest) : ".", path));
}

/// Nothing: help was asked for and printed.
std::optional<Chosen> parse(Session& session, int argc, const char* const* argv) {
    CLI::App app{"Nurture campaigns from plain-text rules: who hears from you, when, and in which words."};
    app.formatter(std::make_shared<Help>());
    app.set_version_flag("--version", "nurture " + session.version);
    app.set_help_flag("-h,--help", "Show this");
    app.require_subcommand(1);
    app.add_option("--config", session.config_file,
                   "Default: $NURTURE_CONFIG, ./nurtured.toml, /etc/nurtured/nurtured.toml")
        ->type_name("FILE");
    app.add_option("--store", session.store, "Read this store instead, for example that of a rehearsal")
        ->type_name("FILE");
    app.footer("`nurture COMMAND --help` explains a command. Begin with: nurture init my-desk");
    Chosen chosen;
    Commands all(app, chosen);
    declare_writing(all);
    declare_people(all);
    declare_live(all);
    declare_running(all);
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& wanted) {  // --help, --version
        app.exit(wanted, session.out, session.err);
        return std::nullopt;
    } catch (const CLI::ParseError& error) {
        refuse_unknown_command(app, first_word(argc, argv));
        refuse_arguments(app, error);
    }
    return chosen;
}

void say(Session& session, const std::string& sentence) { session.err << "nurture: " << sentence << '\n'; }

}  // namespace

int run(Session& session, int argc, const char* const* argv) {
    try {
        const auto chosen = parse(session, argc, argv);
        const int code = chosen ? (*chosen)(session) : 0;
        session.out.flush();
        if (!session.out) {
            say(session, "standard output cannot be written");
            return 1;
        }
        return code;
    } catch (const Reported&) {
        return 1;
    } catch (const Usage& wrong) {
        say(session, wrong.what());
        return 2;
    } catch (const std::bad_alloc&) {
        say(session, "there is not enough memory for this, so it was given up; nothing was left half written");
        return 1;
    } catch (const std::exception& trouble) {
        session.out.flush();
        say(session, trouble.what());
        return 1;
    }
}

}  // namespace nurture::cli
