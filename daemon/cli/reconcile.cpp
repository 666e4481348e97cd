// SPDX-License-Identifier: MIT
// `reconcile`: a guard holds everything, and a person has looked into it.
#include "daemon/cli/commands.hpp"
#include "daemon/cli/installation.hpp"
#include "daemon/service/guard.hpp"
#include "daemon/store/handover.hpp"

#include <fmt/format.h>

#include <ostream>

namespace nurture::cli {
namespace {

/// What is wrong, a sentence each: what a daemon found, or what one would find if it were started now.
std::vector<std::string> findings(const store::Database& database, const config::Config& config, store::Instant now) {
    std::vector<std::string> all;
    if (const auto why = service::suspicion(database, config.state_directory); !why.empty())
        all.push_back(why);
    else if (const auto hold = store::hold(database, store::Guard::store))
        all.push_back(hold->why);
    if (const auto hold = store::hold(database, store::Guard::clock))
        all.push_back(hold->why);
    else if (store::clock_is_back(database, now))
        all.push_back("the clock is behind the last instant that the store knows");
    return all;
}

}  // namespace

/// The mark last: if this is cut short, the next start holds again.
int reconcile(Session& session, const BecauseOptions& options) {
    const auto config = load_config(session);
    auto database = write_store(session, config);
    const auto found = findings(database, config, session.now());
    if (found.empty()) {
        session.out << "Nothing is on hold: this is the store that was in use here, and the clock is plausible.\n";
        return 0;
    }
    for (const auto& sentence : found)
        session.out << fmt::format("On hold: {}.\n", sentence);
    if (options.because.empty()) {
        session.out
            << "Make sure that nobody is written to twice (the relay's log knows what was sent), and that no other\n"
               "daemon runs this store. Then say so:   nurture reconcile --because \"…\"\n";
        return 1;
    }
    store::Transaction transaction(database);
    service::accept(database, session.now(), session.user, options.because);
    transaction.commit();
    service::mark_again(database, config.state_directory, session.clock);
    session.out << "Reconciled. Sending goes on" << (poke(config) ? "." : " when the daemon runs; none is running now.")
                << '\n';
    return 0;
}

}  // namespace nurture::cli
