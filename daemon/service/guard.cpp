// SPDX-License-Identifier: MIT
#include "daemon/service/guard.hpp"

#include "daemon/base/files.hpp"
#include "daemon/base/hash.hpp"
#include "daemon/base/log.hpp"
#include "daemon/store/handover.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace nurture::service {
namespace {

using namespace std::chrono_literals;

// NTP steps a clock that is wrong by more than a fraction of a second, as a rule by seconds. A slot is a minute, an
// opening is hours: five minutes hurt nobody.
constexpr std::chrono::seconds k_slack = 5min;
constexpr std::size_t k_mark_size = 320;  // always the same, so that a shorter one leaves no tail

std::string first_line(const char* path) {
    try {
        auto text = base::read_file(path, 4096);
        return text.substr(0, text.find('\n'));
    } catch (const base::FileError&) {
        return {};  // in a container without it the inode alone has to do
    }
}

std::string boot_id() { return first_line("/proc/sys/kernel/random/boot_id"); }

/// Machine and file: a copy has another inode, and an original on another machine another machine id.
std::string this_instance(const std::filesystem::path& store) {
    struct stat file {};
    if (::stat(store.c_str(), &file) != 0)
        throw base::StoreError(
            fmt::format("cannot look at {}: {}", store.string(), std::generic_category().message(errno)));
    return base::hex(base::sha256(fmt::format("{}\n{}", first_line("/etc/machine-id"), file.st_ino)));
}

std::chrono::seconds offset_of(const base::Clock& clock) { return clock.now().time_since_epoch() - clock.since_boot(); }

std::string text_of(const Mark& mark) {
    const nlohmann::ordered_json json = {{"store", mark.store_id},
                                         {"seq", mark.head.seq},
                                         {"hash", base::hex(mark.head.hash)},
                                         {"boot", mark.boot},
                                         {"clock", mark.clock_offset.count()}};
    auto text = json.dump();
    text.resize(std::max(text.size(), k_mark_size - 1), ' ');
    return text + '\n';
}

/// In place: a daemon and a command may both do it, and nobody waits for it to be durable.
void write(const std::filesystem::path& state_directory, const Mark& mark) {
    const auto path = high_water_file(state_directory);
    const auto text = text_of(mark);
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0660);
    const bool written = file >= 0 && ::pwrite(file, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
    const int error = errno;
    if (file >= 0)
        ::close(file);
    if (!written)
        throw base::StoreError(
            fmt::format("cannot write {}: {}", path.string(), std::generic_category().message(error)));
}

}  // namespace

std::filesystem::path high_water_file(const std::filesystem::path& state_directory) {
    return state_directory / "high-water";
}

std::optional<Mark> read_mark(const std::filesystem::path& state_directory) {
    const auto path = high_water_file(state_directory);
    if (!std::filesystem::exists(path))
        return std::nullopt;
    const auto json = nlohmann::json::parse(base::read_file(path, 4096), nullptr, false);
    if (!json.is_object())
        return std::nullopt;  // a power cut may leave it empty: it is never waited for
    Mark mark;
    mark.store_id = json.value("store", std::string());
    mark.head.seq = json.value("seq", std::int64_t{0});
    mark.boot = json.value("boot", std::string());
    mark.clock_offset = std::chrono::seconds(json.value("clock", std::int64_t{0}));
    const auto hash = base::from_hex(json.value("hash", std::string()));
    if (!hash || hash->size() != mark.head.hash.size())
        return std::nullopt;
    std::copy(hash->begin(), hash->end(), mark.head.hash.begin());
    return mark;
}

std::string suspicion(const store::Database& database, const std::filesystem::path& state_directory) {
    const auto known = store::instance(database);
    if (!known.empty() && known != this_instance(database.path()))
        return "this store was in use on another machine or as another file: it is a copy, or was put back from one. "
               "If the original still runs, both would write to the same people";
    const auto mark = read_mark(state_directory);
    if (!mark)
        return {};
    if (mark->store_id != store::store_id(database))
        return "another store was in use here before: whom that one wrote to, this one does not know";
    const auto head = store::journal_head(database);
    if (head.seq < mark->head.seq)
        return fmt::format("this store is an older copy: its journal ends at row {}, and row {} was written already. "
                           "What was sent in between it does not know, and would send again",
                           head.seq, mark->head.seq);
    if (mark->head.seq > 0 && store::journal_hash(database, mark->head.seq) != mark->head.hash)
        return fmt::format("this store has another past: row {} of its journal is not the one that was written here",
                           mark->head.seq);
    return {};
}

void accept(store::Database& database, store::Instant now, std::string_view by, std::string_view why) {
    store::set_instance(database, this_instance(database.path()));
    if (store::clock_is_back(database, now))
        store::set_clock_max(database, now);
    for (const auto guard : {store::Guard::store, store::Guard::clock})
        store::release_hold(database, guard, now, by, why);
}

void mark_again(const store::Database& database, const std::filesystem::path& state_directory,
                const base::Clock& clock) {
    write(state_directory, {store::store_id(database), store::journal_head(database), boot_id(), offset_of(clock)});
}

Guards::Guards(store::Database& database, std::filesystem::path state_directory, const base::Clock& clock)
    : database_(database),
      state_directory_(std::move(state_directory)),
      clock_(clock),
      store_id_(store::store_id(database)),
      boot_(boot_id()),
      offset_(offset_of(clock)) {
    const auto why = suspicion(database_, state_directory_);
    if (const auto mark = read_mark(state_directory_); mark && mark->boot == boot_ && !boot_.empty())
        offset_ = mark->clock_offset;
    else
        unsure_ = store::hold(database_, store::Guard::clock).has_value();
    held_ = store::hold(database_, store::Guard::clock).has_value();
    store::Transaction transaction(database_);
    if (!why.empty()) {
        store::put_on_hold(database_, store::Guard::store, clock_.now(), why);
        base::log(base::Level::error,
                  "on hold: this may not be the store that it seems to be; `nurture reconcile` says more");
    } else if (store::instance(database_).empty()) {
        store::set_instance(database_, this_instance(database_.path()));
    }
    transaction.commit();
}

std::string Guards::clock_trouble() const {
    const auto jump = offset_of(clock_) - offset_;
    if (std::chrono::abs(jump) > k_slack)
        return fmt::format("the clock was set {} by {} minutes", jump > 0s ? "forward" : "back",
                           std::chrono::abs(jump) / 1min);
    if (store::clock_is_back(database_, clock_.now()))
        return "the clock is behind the last instant that the store knows";
    return {};
}

bool Guards::look() {
    const bool hold = store::hold(database_, store::Guard::clock).has_value();
    if (held_ && !hold) {  // a person said that this is the time
        offset_ = offset_of(clock_);
        unsure_ = false;
    }
    const auto why = clock_trouble();
    if (why.empty() && hold && unsure_)
        return false;
    if (why.empty() == !hold) {
        held_ = hold;
        if (!hold)
            offset_ = offset_of(clock_);  // corrections of seconds may add up over a year
        return !hold;
    }
    store::Transaction transaction(database_);
    if (why.empty())
        store::release_hold(database_, store::Guard::clock, clock_.now(), "the clock guard",
                            "the clock is right again");
    else
        store::put_on_hold(database_, store::Guard::clock, clock_.now(), why);
    transaction.commit();
    held_ = !why.empty();
    base::log(base::Level::error, held_
                                      ? base::Word("on hold: the clock jumped; nothing is decided or sent until it is "
                                                   "right, or `nurture reconcile` says that it is")
                                      : base::Word("the clock is right again; going on"));
    return !held_;
}

void Guards::note() {
    const auto head = store::journal_head(database_);
    // On hold the mark is what speaks against this store.
    if (head.seq == noted_ || store::hold(database_, store::Guard::store))
        return;
    write(state_directory_, {store_id_, head, boot_, offset_});
    noted_ = head.seq;
}

}  // namespace nurture::service
