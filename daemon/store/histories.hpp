// SPDX-License-Identifier: MIT
//
// What happened to people and what they said: entries of list fields, events, consents, lists. Events and consents only
// grow. Names of consents and lists compare without regard to ASCII capitals. Adding what is there already does nothing
// and says so, which makes imports and replayed inbound items idempotent. Nothing here writes to the inbox: who adds
// says there what the engine should hear (inbox.hpp). Threads and errors as in database.hpp; writers want a write
// transaction.
#pragma once

#include "daemon/store/database.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nurture::store {

// Views live until the next row is read.
struct ItemRow {
    CandidateId candidate = 0;
    std::string_view field, value;
};
struct EventRow {
    CandidateId candidate = 0;
    std::string_view kind;
    Instant at;
    std::string_view detail;  // the name of an event `, with name`; else empty
    MessageId message = 0;    // 0: none
};
struct ConsentRow {
    CandidateId candidate = 0;
    std::string_view name;
    Instant at;
    bool given = false;
    std::string_view source;
    std::string_view text = {};  // what the person agreed to; empty: not ours to know
};
/// The same without what only a reader asks about.
struct ConsentWord {
    CandidateId candidate = 0;
    std::string_view name;
    Instant at;
    bool given = false;
};
struct ListMemberRow {
    CandidateId candidate = 0;
    std::string_view list;
    Instant since;
    std::optional<Instant> until;  // `add to list … for 60 days`
};

/// Rows in candidate order: items by field and the file's order, events by kind and instant, consents by name and
/// instant (the last of a name is the one that holds), lists by name. Row is one of the five above.
template<class Row>
class HistoryScan {
public:
    explicit HistoryScan(const Database& database, IdRange range = {});
    HistoryScan(const HistoryScan&) = delete;
    HistoryScan& operator=(const HistoryScan&) = delete;
    ~HistoryScan();
    bool next(Row& row);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};
using ItemScan = HistoryScan<ItemRow>;
using EventScan = HistoryScan<EventRow>;
using ConsentScan = HistoryScan<ConsentRow>;
using ConsentWordScan = HistoryScan<ConsentWord>;
using ListScan = HistoryScan<ListMemberRow>;

/// What of a row is read: on the way through a large table each column costs.
enum class Part : std::uint8_t { nothing, brief, whole };
/// As EventScan, without rows of which nothing is wanted; brief: neither detail nor message.
class EventPick {
public:
    EventPick(const Database& database, IdRange range, std::function<Part(std::string_view kind)> wanted);
    EventPick(const EventPick&) = delete;
    EventPick& operator=(const EventPick&) = delete;
    ~EventPick();
    bool next(EventRow& row);

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// True when it was not there yet.
bool add_event(Database& database, const EventRow& event);
bool add_consent(Database& database, const ConsentRow& consent);
bool add_list_member(Database& database, const ListMemberRow& member);
bool remove_list_member(Database& database, CandidateId candidate, std::string_view list);

enum class ConsentStatus : std::uint8_t { unknown, given, withdrawn };
/// The latest word; of two at the same instant the withdrawal.
ConsentStatus consent_status(const Database& database, CandidateId candidate, std::string_view name);
/// An expired membership (`until` <= now) is none.
bool is_list_member(const Database& database, CandidateId candidate, std::string_view list, Instant now);

struct NameCount {
    std::string name;
    std::int64_t people = 0;
};
std::vector<NameCount> list_names(const Database& database);
std::vector<NameCount> consent_names(const Database& database);  // people with any word on it
std::vector<NameCount> event_names(const Database& database);

}  // namespace nurture::store
