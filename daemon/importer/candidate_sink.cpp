// SPDX-License-Identifier: MIT
// candidates.csv: one row is one person, updated by `ref`.
#include "connectors/address.hpp"
#include "daemon/importer/cells.hpp"
#include "daemon/importer/sink.hpp"
#include "daemon/store/candidates.hpp"
#include "daemon/store/histories.hpp"
#include "daemon/store/inbox.hpp"

#include <boost/unordered/unordered_flat_set.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace nurture::importer {
namespace {

struct FieldColumn {
    Column column;
    dsl::FieldKind kind{};
};

std::string clash_text(const std::vector<store::ColumnClash>& clashes) {
    const auto& clash = clashes.front();
    return fmt::format(
        "the rules say that `{}` is {}, and the store holds it as {}: change the rules back, or give the field "
        "another name",
        clash.name, store::to_text(clash.wanted), store::to_text(clash.stored));
}

class CandidateSink final : public Sink {
public:
    CandidateSink(Job& job, Header& header)
        : job_(job),
          context_{job.places, job.options.country_code},
          pepper_(store::pepper(job.database)),
          ref_(header.require("ref")) {
        find_columns(header);
        prepare_store();
    }

    Verdict take(const Record& record) override;
    void finish_batch() override { writer_->finish_batch(job_.options.now); }

private:
    void find_columns(Header& header);
    void prepare_store();
    Verdict read_ref(const Record& record);
    Verdict read_fields(const Record& record);
    Verdict read_field(std::size_t number, std::string_view cell);
    Verdict read_consents(const Record& record);
    bool read_address(const std::string& field, store::Value& value, std::string& why);
    bool write_consents(store::CandidateId id);
    Verdict write();
    Verdict compare();

    Job& job_;
    CellContext context_;
    std::string pepper_;
    Column ref_;
    std::vector<FieldColumn> fields_;
    std::vector<Column> consents_;
    std::vector<store::ColumnDef> columns_;  // parallel to fields_
    std::optional<store::CandidateWriter> writer_;

    store::CandidateRecord person_;                // of the row at hand, reused
    std::vector<std::optional<bool>> given_;       // parallel to consents_; none: the cell is blank
    boost::unordered_flat_set<std::string> refs_;  // of the rows before
};

void CandidateSink::find_columns(Header& header) {
    for (const auto& field : job_.schema.fields) {
        if (auto column = header.find(field.name)) {
            fields_.push_back({std::move(*column), field.kind});
            columns_.push_back({field.name, column_type(field.kind)});
        }
    }
    consents_ = header.consents();
    for (auto& column : consents_) {
        column.name = consent_name(job_, column.name);
    }
    person_.values.resize(fields_.size());
    given_.resize(consents_.size());
}

void CandidateSink::prepare_store() {
    std::vector<store::ColumnDef> wanted;  // all that the rules know, so that one import prepares the store for them
    for (const auto& field : job_.schema.fields) {
        wanted.push_back({field.name, column_type(field.kind)});
    }
    if (!job_.writes()) {
        if (const auto clashes = store::column_clashes(job_.database, wanted); !clashes.empty()) {
            throw ImportError(clash_text(clashes));
        }
        return;
    }
    auto result = store::ensure_columns(job_.database, wanted);
    if (!result.clashes.empty()) {
        throw ImportError(clash_text(result.clashes));
    }
    job_.summary.added_columns = std::move(result.added);
    writer_.emplace(
        job_.database, columns_,
        store::CandidateWriter::Options{job_.options.live, job_.options.by, dsl::fold, !job_.options.daemon_lives});
}

Verdict CandidateSink::read_ref(const Record& record) {
    const auto ref = trimmed(record.cells[ref_.cell]);
    if (auto problem = problem_of(ref); !problem.empty()) {
        return rejected("ref", std::move(problem));
    }
    if (ref.empty()) {
        return rejected("ref", "blank: every person needs the id that your own system gave them");
    }
    if (ref.size() > k_name_bytes) {
        return rejected("ref", fmt::format("longer than {} characters", k_name_bytes));
    }
    if (ref.starts_with("erased-")) {
        return rejected("ref", "begins with `erased-`, which is kept for people who were erased");
    }
    if (!refs_.emplace(ref).second) {
        return rejected("ref", "stands in an earlier row of this file already; the earlier row was taken");
    }
    person_.ref = ref;
    return {};
}

/// Normalises an address in place and makes its key.
bool CandidateSink::read_address(const std::string& field, store::Value& value, std::string& why) {
    auto* text = std::get_if<std::string>(&value);
    const bool email = field == "email";
    auto& key = email ? person_.email_key : person_.phone_key;
    key.reset();
    if (text == nullptr) {
        return true;
    }
    if (email) {
        if (const auto address = connectors::EmailAddress::parse(*text, &why)) {
            key = connectors::address_key(pepper_, *address);
            *text = address->wire();
            return true;
        }
    } else if (const auto number = connectors::PhoneNumber::parse(*text, &why, context_.country_code)) {
        key = connectors::address_key(pepper_, *number);
        *text = number->canonical();
        return true;
    }
    why = (email ? "no email address: " : "no telephone number: ") + why;
    return false;
}

Verdict CandidateSink::read_field(std::size_t number, std::string_view cell) {
    const auto& [column, kind] = fields_[number];
    auto& value = person_.values[number];
    std::string why;
    if (kind == dsl::FieldKind::list) {
        auto entries = read_list(cell, column.values);
        value = entries.empty() ? store::Value() : store::Value(std::move(entries));
        return {};
    }
    const bool good = read_value(translated(cell, column.values), kind, context_, value, why) &&
                      ((column.name != "email" && column.name != "phone") || read_address(column.name, value, why));
    return good ? Verdict{} : rejected(column.name, std::move(why));
}

Verdict CandidateSink::read_fields(const Record& record) {
    for (std::size_t i = 0; i < fields_.size(); ++i) {
        const auto cell = trimmed(record.cells[fields_[i].column.cell]);
        if (auto problem = problem_of(cell); !problem.empty()) {
            return rejected(fields_[i].column.name, std::move(problem));
        }
        if (auto verdict = read_field(i, cell); verdict.kind == Verdict::Kind::rejected) {
            return verdict;
        }
    }
    return {};
}

Verdict CandidateSink::read_consents(const Record& record) {
    for (std::size_t i = 0; i < consents_.size(); ++i) {
        const auto word = dsl::fold(translated(trimmed(record.cells[consents_[i].cell]), consents_[i].values));
        given_[i].reset();
        if (word == "given" || word == "withdrawn") {
            given_[i] = word == "given";
        } else if (!word.empty()) {
            return rejected("consent:" + consents_[i].name, "neither given nor withdrawn");
        }
    }
    return {};
}

/// A column has no date. It never undoes a withdrawal, which may be younger than the file: a dated consent can.
bool CandidateSink::write_consents(store::CandidateId id) {
    bool added = false;
    for (std::size_t i = 0; i < consents_.size(); ++i) {
        if (!given_[i]) {
            continue;
        }
        const auto status = store::consent_status(job_.database, id, consents_[i].name);
        const bool known = status == (*given_[i] ? store::ConsentStatus::given : store::ConsentStatus::withdrawn);
        if (*given_[i] && status == store::ConsentStatus::withdrawn) {
            ++job_.summary.withdrawals_kept;
        } else if (!known) {
            added |=
                store::add_consent(job_.database, {id, consents_[i].name, job_.options.now, *given_[i], job_.source});
        }
    }
    return added;
}

Verdict CandidateSink::write() {
    const auto put = writer_->put(person_, job_.options.now);
    job_.summary.starts_left_out += job_.options.live ? 0 : static_cast<std::uint64_t>(put.changes);
    const bool consented = write_consents(put.id);
    if (put.result == store::CandidateWriter::Result::added) {
        return {Verdict::Kind::added, {}, {}};
    }
    const bool changed = put.result == store::CandidateWriter::Result::changed;
    if (consented && !changed) {
        store::append_changed(job_.database, {put.id}, job_.options.now, job_.options.by);
    }
    return {changed || consented ? Verdict::Kind::changed : Verdict::Kind::unchanged, {}, {}};
}

/// Mode::validate: what write() would find. Fields that the store has no column for yet count as changed.
Verdict CandidateSink::compare() {
    const auto id = store::find_by_ref(job_.database, person_.ref);
    if (!id) {
        return {Verdict::Kind::added, {}, {}};
    }
    const auto stored = store::columns(job_.database);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const bool is_there = std::find(stored.begin(), stored.end(), columns_[i]) != stored.end();
        const auto now = is_there ? store::read_candidate(job_.database, *id, {columns_[i]}) : std::nullopt;
        if (!now || now->values[0] != person_.values[i]) {
            return {Verdict::Kind::changed, {}, {}};
        }
    }
    return {};
}

Verdict CandidateSink::take(const Record& record) {
    for (const auto step : {&CandidateSink::read_ref, &CandidateSink::read_fields, &CandidateSink::read_consents}) {
        if (auto verdict = (this->*step)(record); verdict.kind == Verdict::Kind::rejected) {
            return verdict;
        }
    }
    return job_.writes() ? write() : compare();
}

}  // namespace

std::unique_ptr<Sink> candidate_sink(Job& job, Header& header) { return std::make_unique<CandidateSink>(job, header); }

}  // namespace nurture::importer
