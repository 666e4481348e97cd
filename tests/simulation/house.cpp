// SPDX-License-Identifier: MIT
#include "tests/simulation/house.hpp"

#include "daemon/base/hash.hpp"
#include "daemon/forecast/preview.hpp"
#include "daemon/importer/import.hpp"
#include "daemon/inbound/answer.hpp"
#include "daemon/inbound/consents.hpp"
#include "daemon/inbound/feedback.hpp"
#include "daemon/inbound/unsubscribe.hpp"
#include "daemon/persist/load.hpp"
#include "daemon/render/render.hpp"
#include "daemon/service/wiring.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/histories.hpp"
#include "daemon/store/inbox.hpp"
#include "daemon/store/journal.hpp"
#include "daemon/store/rule_sets.hpp"
#include "daemon/store/statement.hpp"
#include "dsl/compile.hpp"

#include <fstream>
#include <stdexcept>

namespace nurture::simulation {
namespace {

using store::Transaction;

config::Config configuration(const std::filesystem::path& directory, const Traits& traits) {
    config::Config c;
    c.path = directory / "nurtured.toml";
    c.store_path = directory / "nurtured.db";
    c.state_directory = directory;
    c.rules_directory = directory;
    c.organisation_name = "Lone Star Staffing";
    c.public_url = "https://jobs.lonestar.example";
    c.sms_sender = "+15550100";
    c.gateway = config::Gateway::kannel;
    c.relay = "smtp://relay.lonestar.example:25";
    c.connections = traits.connections;
    c.email_per_minute = c.sms_per_minute = traits.per_minute;
    c.live = !traits.test_mode;
    c.growth_percent = 20;
    c.growth_people = traits.growth_people;
    c.people = {{"dana.wu", "Dana Wu", "dana.wu@lonestar.example", "", ""}};
    c.from_domains = {"lonestar.example"};
    return c;
}

/// Compiling is by far the slowest part of a simulated day, and the same rules come again after every crash.
std::shared_ptr<const dsl::Rules> compiled(const std::string& text) {
    static std::map<std::string, std::shared_ptr<const dsl::Rules>> known;
    if (const auto found = known.find(text); found != known.end())
        return found->second;
    if (known.size() > 8)
        known.clear();
    auto made = dsl::compile({{{"house.nurture", text}}});
    if (!made.rules)
        throw std::logic_error("the simulation wrote rules that do not compile: " + made.diagnostics.front().title +
                               "\n" + text);
    return known[text] = made.rules;
}

const dsl::Places& places() {
    static dsl::Diagnostics none;
    static const dsl::SourceSet no_files;
    static const dsl::Places all(no_files, none);
    return all;
}

}  // namespace

House::House(const std::filesystem::path& directory, const Traits& traits, std::uint64_t seed, Disk& disk, Peers& peers,
             Record& record)
    : directory_(directory),
      config_(configuration(directory, traits)),
      seed_(seed),
      disk_(disk),
      peers_(peers),
      record_(record) {
    std::filesystem::remove(service::stop_file(config_));
}

House::~House() {
    peers_.process_died();
    disk_.die();
}

void House::open() {
    base::IdSource ids("simulated store " + std::to_string(seed_));
    database_.emplace(store::Database::open(config_.store_path, store::make_birth(ids)));
    store::Statement(*database_, "CREATE TEMP TABLE seen(message INTEGER, was TEXT, state TEXT)").run();
    store::Statement(*database_,
                     "CREATE TEMP TRIGGER watch AFTER UPDATE OF state ON main.message BEGIN INSERT INTO seen"
                     " VALUES(NEW.id,OLD.state,NEW.state); END")
        .run();
}

void House::start(Second now) {
    if (!database_)
        open();
    service::Runner::Hooks hooks;
    hooks.wake = [] {};
    hooks.between = [this] {
        if (std::exchange(kill_after_commit_, false))
            throw Killed{};
    };
    hooks.attach = [this](outbox::Outbox& outbox) {
        for (const auto channel : {Channel::email, Channel::sms})
            outbox.attach(channel, peers_.connector(outbox, channel));
    };
    const auto ids = "simulated run " + std::to_string(seed_) + " " + std::to_string(++starts_);
    runner_.emplace(*database_, config_, base::IdSource(ids), std::move(hooks), now);
    if (!runner_->trouble().empty() && !books.empty() && !spoilt_)
        throw std::logic_error("the program will not run the rules: " + runner_->trouble());
    record_.add(What::started);
}

void House::die(bool power_cut, Dice& dice) {
    disk_.die();
    record_.add(What::killed, "", power_cut ? "and the power went" : "").number = peers_.process_died();
    runner_.reset();
    database_.reset();
    kill_after_commit_ = false;
    disk_.come_back(power_cut, dice);
}

void House::stop_in_order(Second now) {
    runner_->stop(now);
    runner_.reset();
    database_.reset();
}

void House::collect_edges() {
    const auto known = edges.size();
    {
        store::Statement rows(*database_, "SELECT message,was,state FROM seen ORDER BY rowid");
        while (rows.step()) {
            Edge edge{rows.integer(), rows.text(), {}};
            edge.state = rows.text();
            edges.push_back(std::move(edge));
        }
    }
    if (edges.size() > known)
        store::Statement(*database_, "DELETE FROM seen").run();
}

/// As the daemon's loop has it.
void House::turn(Second now) {
    if (service::stop_file_present(config_) && !store::stopped(*database_)) {
        Transaction transaction(*database_);
        store::stop(*database_, now, "a STOP file", "");
        transaction.commit();
    }
    runner_->pump(now);
    if (runner_->news() || now >= runner_->next_wake())
        runner_->settle(now);
    while (runner_->pump(now)) {
    }
    collect_edges();
}

Second House::next(Second now) const {
    Second next = runner_->next_wake();
    if (const auto due = runner_->next_due(now))
        next = std::min(next, *due);
    return next;
}

void House::with_store(const std::function<void(store::Database&)>& work) {
    if (database_)
        return work(*database_);
    open();
    try {
        work(*database_);
    } catch (...) {
        database_.reset();
        throw;
    }
    database_.reset();
}

std::vector<base::CandidateId> House::ids_of(const std::vector<std::string>& refs) {
    std::vector<base::CandidateId> ids;
    with_store([&](store::Database& database) {
        for (const auto& ref : refs)
            ids.push_back(store::find_by_ref(database, ref).value_or(0));
    });
    return ids;
}

Second House::closes(base::MessageId message) const {
    const auto row = store::message(*database_, message);
    return row ? std::min(row->closes, row->expires) : Second{};
}

Second House::due(base::MessageId message) const {
    const auto row = store::message(*database_, message);
    return row ? std::max(row->slot, row->not_before) : Second{};
}

bool House::preview(Second now) {
    bool same = true;
    with_store([&](store::Database& database) {
        if (spoilt_)
            return;
        // What is live: people may stand at a step that rules of before do not have.
        const auto rules = compiled(store::live_rule_set(database)->files.front().text);
        const auto contents = [&] { return std::pair(disk_.bytes(store_path()), disk_.bytes(store_path() + "-wal")); };
        engine::Settings settings;
        settings.test_mode = !config_.live;
        const auto allowed = [this](std::string_view address) { return config_.allowed(address); };
        const forecast::Inputs inputs{database, rules,   service::house(config_), settings,
                                      {},       allowed, base::floor_minute(now), {}};
        const auto before = contents();
        forecast::preview(inputs);
        same = contents() == before;
    });
    return same;
}

std::int64_t House::written() {
    std::int64_t rows = 0;
    with_store([&](store::Database& database) {
        store::Statement count(database, "SELECT (SELECT count(*) FROM suppression) + (SELECT count(*) FROM event)");
        count.step();
        rows = count.integer() + store::journal_head(database).seq + store::inbox_end(database);
    });
    return rows;
}

void House::note_journal() {
    const auto head = store::journal_head(*database_);
    if (head.seq == noted_)
        return;
    noted_ = head.seq;
    auto& line = record_.add(What::journal);
    line.number = head.seq;
    line.text = base::hex(head.hash);
}

// --- what others do ---------------------------------------------------------------------------------------------

void House::import(const std::string& csv, bool events, bool live, Second now) {
    const auto file = directory_ / "people.csv";
    std::ofstream(file) << csv;
    with_store([&](store::Database& database) {
        const auto rules = compiled(text_);
        importer::Options options;
        options.what = events ? importer::What::events : importer::What::candidates;
        options.live = live;
        options.now = now;
        options.zone = base::find_zone(k_policy_zone).value();
        options.by = "simulation";
        const auto done = importer::import_file(database, rules->schema, places(), file, options);
        if (done.rejected > 0)
            throw std::logic_error("the simulation wrote a file that is refused: " + done.reasons.front().reason +
                                   "\n" + csv);
    });
}

std::string House::hash_of(const Rulebook& book) { return base::hex(compiled(book.text())->hash); }

base::RuleSetId House::apply(const Rulebook& book, std::int64_t audience, int canary, Second now) {
    const auto rules = compiled(book.text());
    if (text_.empty())
        text_ = book.text();
    books[base::hex(rules->hash)] = book;
    base::RuleSetId id = 0;
    with_store([&](store::Database& database) {
        store::ensure_columns(database, render::store_columns(rules->schema));
        store::RuleSet set;
        set.applied_at = now;
        set.applied_by = "dana.wu";
        for (const auto& campaign : book.campaigns)
            set.bounds[campaign.name] = audience;
        Transaction transaction(database);
        id = persist::make_live(database, *rules, std::move(set));
        for (const auto& campaign : book.campaigns)
            persist::begin_canary(database, campaign.name, canary, base::floor_minute(now));
        transaction.commit();
    });
    text_ = book.text();
    spoilt_ = false;
    return id;
}

base::RuleSetId House::apply_broken(Second now) {
    spoilt_ = true;
    base::RuleSetId id = 0;
    with_store([&](store::Database& database) {
        store::RuleSet set;
        set.files = {{"house.nurture", text_ + "campaign \"Half written\"\n  owner\n"}};
        set.hash = base::sha256(set.files.front().text);
        set.applied_at = now;
        set.applied_by = "dana.wu";
        Transaction transaction(database);
        id = store::apply_rule_set(database, set, {});
        transaction.commit();
    });
    return id;
}

bool House::unsubscribe(base::MessageId message, Second now) {
    return up() && inbound::unsubscribe(*database_, message, now);
}

bool House::reply(base::MessageId message, Second now) {
    const auto row = store::message(*database_, message);
    return row && inbound::feedback(*database_, *row, "replied", now, "simulation");
}

bool House::consent(base::MessageId message, bool given, Second now) {
    const auto row = store::message(*database_, message);
    if (!row || row->consent.empty())
        return false;
    return given ? inbound::renew_consent(*database_, message, config_.organisation_name, now)
                 : inbound::withdraw_consent(*database_, message, row->consent, now);
}

void House::put_off_limits(const std::string& ref, Second now) {
    with_store([&](store::Database& database) {
        const auto who = store::find_by_ref(database, ref);
        if (!who)
            return;
        Transaction transaction(database);
        store::add_list_member(database, {*who, k_never_list, now, std::nullopt});
        store::append_changed(database, {*who}, now, "simulation");
        transaction.commit();
    });
}

bool House::erase(const std::string& ref, Second now) {
    bool done = false;
    with_store([&](store::Database& database) {
        const auto who = store::find_by_ref(database, ref);
        if (!who)
            return;
        Transaction transaction(database);
        store::erase_candidate(database, *who, now, "simulation");
        transaction.commit();
        done = true;
    });
    return done;
}

void House::stop(bool by_file, Second now) {
    if (by_file)
        return void(std::ofstream(service::stop_file(config_)) << "stop\n");
    with_store([&](store::Database& database) {
        Transaction transaction(database);
        store::stop(database, now, "dana.wu", "simulation");
        transaction.commit();
    });
}

/// The file last: if this is cut short, sending stays stopped.
void House::resume(Second now) {
    with_store([&](store::Database& database) {
        Transaction transaction(database);
        store::resume(database, now, "dana.wu", "simulation");
        transaction.commit();
    });
    std::filesystem::remove(service::stop_file(config_));
}

int House::answer(Dice& dice, Second now) {
    int answered = 0;
    if (!runner_->rules())
        return 0;
    for (const auto& question : store::open_human_steps(*database_)) {
        if (!store::waits(question.kind) || !dice.chance(60))
            continue;
        inbound::Answer given{dice.chance(85), runner_->shown(question, now), "dana.wu", {}, {}};
        answered += inbound::answer(*database_, question.id, given, now) ? 1 : 0;
    }
    return answered;
}

}  // namespace nurture::simulation
