// SPDX-License-Identifier: MIT
// events.csv, consents.csv and list files: rows about people who are in the store already.
#include "connectors/address.hpp"
#include "daemon/importer/cells.hpp"
#include "daemon/importer/sink.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/histories.hpp"
#include "daemon/store/inbox.hpp"
#include "daemon/store/suppressions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace nurture::importer {
namespace {

/// What the three have in common: finding the person, reading named cells, telling the engine once per batch.
class HistorySink : public Sink {
public:
    void finish_batch() override {
        store::append_changed(job_.database, std::move(touched_), job_.options.now, job_.options.by);
        touched_.clear();
    }

protected:
    explicit HistorySink(Job& job) : job_(job) {}

    /// The trimmed, translated cell; false: `verdict` says why it cannot be used.
    static bool read(const Record& record, const std::optional<Column>& column, std::string& text, Verdict& verdict) {
        text.clear();
        if (!column) {
            return true;
        }
        text = translated(trimmed(record.cells[column->cell]), column->values);
        if (auto problem = problem_of(text); !problem.empty()) {
            verdict = rejected(column->name, std::move(problem));
            return false;
        }
        if (text.size() > k_name_bytes) {
            verdict = rejected(column->name, fmt::format("longer than {} characters", k_name_bytes));
            return false;
        }
        return true;
    }
    std::optional<store::CandidateId> find_person(const Record& record, const std::optional<Column>& ref,
                                                  Verdict& verdict) {
        if (!read(record, ref, text_, verdict)) {
            return std::nullopt;
        }
        const auto id = store::find_by_ref(job_.database, text_);
        if (!id) {
            verdict =
                rejected("ref", text_.empty() ? "blank" : "nobody in the store has it: import the candidates first");
        }
        return id;
    }
    Verdict added(store::CandidateId id) {
        touched_.push_back(id);
        return {Verdict::Kind::added, {}, {}};
    }

    Job& job_;
    std::string text_;

private:
    std::vector<store::CandidateId> touched_;
};

class EventSink final : public HistorySink {
public:
    EventSink(Job& job, Header& header)
        : HistorySink(job),
          ref_(header.require("ref")),
          event_(header.require("event")),
          at_(header.require("at")),
          detail_(header.find("detail")) {}

    Verdict take(const Record& record) override {
        Verdict verdict;
        const auto id = find_person(record, ref_, verdict);
        if (!id || !read(record, event_, text_, verdict)) {
            return verdict;
        }
        const auto kind = job_.schema.event(dsl::fold(text_));
        if (!kind) {
            return rejected("event",
                            text_.empty() ? "blank" : "no `events` block of the rules has an event of this name");
        }
        std::string why;
        if (!read(record, at_, text_, verdict)) {
            return verdict;
        }
        const auto at = read_instant(text_, job_.options.zone, job_.options.now, why);
        if (!at) {
            return rejected("at", std::move(why));
        }
        if (!read(record, detail_, text_, verdict)) {
            return verdict;
        }
        if (job_.schema.events[*kind].with_name && text_.empty()) {
            return rejected("detail", "blank: this event has a name");
        }
        return write(*id, *kind, *at);
    }

private:
    Verdict write(store::CandidateId id, dsl::EventIx kind, store::Instant at) {
        const auto& name = job_.schema.events[kind].name;
        if (!job_.writes()) {
            return {Verdict::Kind::added, {}, {}};
        }
        if (!store::add_event(job_.database, {id, name, at, text_, 0})) {
            return {};
        }
        honour_opt_out(id, kind);
        if (!job_.options.live) {
            ++job_.summary.starts_left_out;
            return added(id);
        }
        store::append(job_.database, store::InboxRow{.at = job_.options.now,
                                                     .kind = store::InboxKind::happened,
                                                     .first = id,
                                                     .field = name,
                                                     .now = text_,
                                                     .happened_at = at,
                                                     .live = true,
                                                     .by = job_.options.by});
        return added(id);
    }
    /// History that moves in from another system: who opted out there has opted out here.
    void honour_opt_out(store::CandidateId id, dsl::EventIx kind) {
        const auto built_in = static_cast<dsl::BuiltInEvent>(kind);
        if (built_in != dsl::BuiltInEvent::unsubscribed && built_in != dsl::BuiltInEvent::complained) {
            return;
        }
        const auto person = store::read_candidate(job_.database, id, {});
        if (person && person->email_key) {
            store::suppress(job_.database, *person->email_key, store::Channel::email,
                            built_in == dsl::BuiltInEvent::unsubscribed ? "unsubscribed" : "complaint",
                            job_.options.now);
        }
    }

    std::optional<Column> ref_, event_, at_, detail_;
};

class ConsentSink final : public HistorySink {
public:
    ConsentSink(Job& job, Header& header)
        : HistorySink(job),
          ref_(header.require("ref")),
          consent_(header.require("consent")),
          status_(header.require("status")),
          at_(header.require("at")),
          source_(header.find("source")) {}

    Verdict take(const Record& record) override {
        Verdict verdict;
        const auto id = find_person(record, ref_, verdict);
        std::string name, source;
        if (!id || !read(record, consent_, name, verdict) || !read(record, source_, source, verdict) ||
            !read(record, status_, text_, verdict)) {
            return verdict;
        }
        const auto status = dsl::fold(text_);
        if (name.empty()) {
            return rejected("consent", "blank");
        }
        if (status != "given" && status != "withdrawn") {
            return rejected("status", "neither given nor withdrawn");
        }
        if (!read(record, at_, text_, verdict)) {
            return verdict;
        }
        std::string why;
        const auto at = read_instant(text_, job_.options.zone, job_.options.now, why);
        if (!at) {
            return rejected("at", std::move(why));
        }
        if (!job_.writes()) {
            return {Verdict::Kind::added, {}, {}};
        }
        name = consent_name(job_, name);
        const store::ConsentRow row{*id, name, *at, status == "given",
                                    source.empty() ? std::string_view(job_.source) : std::string_view(source)};
        return store::add_consent(job_.database, row) ? added(*id) : Verdict{};
    }

private:
    std::optional<Column> ref_, consent_, status_, at_, source_;
};

class ListSink final : public HistorySink {
public:
    ListSink(Job& job, Header& header)
        : HistorySink(job),
          ref_(header.find("ref")),
          pepper_(store::pepper(job.database)) {
        if (!ref_) {
            email_ = header.find("email");
        }
        if (!ref_ && !email_) {
            ref_ = header.require("ref");
        }
        if (const auto known = job.schema.list(job.options.list)) {
            name_ = job.schema.lists[*known];
        } else {
            name_ = job.options.list;
            job.summary.unknown_names.push_back("list \"" + name_ + '"');
        }
    }

    Verdict take(const Record& record) override {
        Verdict verdict;
        const auto people = ref_ ? by_ref(record, verdict) : by_email(record, verdict);
        for (const auto id : people) {
            if (!job_.writes()) {
                verdict.kind = Verdict::Kind::added;
            } else if (store::add_list_member(job_.database, {id, name_, job_.options.now, std::nullopt})) {
                join(id);
                verdict = added(id);
            }
        }
        return verdict;
    }

private:
    std::vector<store::CandidateId> by_ref(const Record& record, Verdict& verdict) {
        const auto id = find_person(record, ref_, verdict);
        return id ? std::vector{*id} : std::vector<store::CandidateId>();
    }
    std::vector<store::CandidateId> by_email(const Record& record, Verdict& verdict) {
        if (!read(record, email_, text_, verdict)) {
            return {};
        }
        std::string why;
        const auto address = connectors::EmailAddress::parse(text_, &why);
        if (!address) {
            verdict = rejected("email", "no email address: " + why);
            return {};
        }
        auto people =
            store::find_by_key(job_.database, store::Channel::email, connectors::address_key(pepper_, *address));
        if (people.empty()) {
            verdict = rejected("email", "nobody in the store has it: import the candidates first");
        }
        return people;
    }
    void join(store::CandidateId id) {
        if (!job_.options.live) {
            ++job_.summary.starts_left_out;
            return;
        }
        store::append(job_.database, store::InboxRow{.at = job_.options.now,
                                                     .kind = store::InboxKind::joined,
                                                     .first = id,
                                                     .field = name_,
                                                     .happened_at = job_.options.now,
                                                     .live = true,
                                                     .by = job_.options.by});
    }

    std::optional<Column> ref_, email_;
    std::string pepper_, name_;
};

}  // namespace

std::unique_ptr<Sink> event_sink(Job& job, Header& header) { return std::make_unique<EventSink>(job, header); }
std::unique_ptr<Sink> consent_sink(Job& job, Header& header) { return std::make_unique<ConsentSink>(job, header); }
std::unique_ptr<Sink> list_sink(Job& job, Header& header) { return std::make_unique<ListSink>(job, header); }

}  // namespace nurture::importer
