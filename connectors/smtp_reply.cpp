// SPDX-License-Identifier: MIT
#include "connectors/smtp_reply.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace nurture::connectors {

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

/// "2.1.5" at the start of a reply's text, of the same class as its code (RFC 2034 4).
std::string enhanced_code(std::string_view text, char reply_class) {
    std::size_t end = 0;
    int dots = 0;
    while (end < text.size() && (digit(text[end]) || text[end] == '.'))
        dots += text[end++] == '.';
    std::string_view code = text.substr(0, end);
    bool shape = dots == 2 && code.size() >= 5 && code.size() <= 9 && code[0] == reply_class && code[1] == '.' &&
                 code[2] != '.' && code.back() != '.' && code.find("..") == std::string_view::npos;
    return shape ? std::string(code) : std::string();
}

/// Postfix: "queued as 4XyZ"; Exim: "OK id=1abc-…". Only what can be no address.
std::string queue_id(std::string_view text) {
    for (std::string_view before : {"queued as ", "OK id="}) {
        std::size_t at = text.find(before);
        if (at == std::string_view::npos)
            continue;
        std::string_view id = text.substr(at + before.size());
        auto odd = std::find_if_not(id.begin(), id.end(), [](char c) {
            return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
        });
        id = id.substr(0, static_cast<std::size_t>(odd - id.begin()));
        if (!id.empty() && id.size() <= 64)
            return std::string(id);
    }
    return {};
}

/// "5.7" of "5.7.26"
std::string_view subject_of(std::string_view enhanced) { return enhanced.substr(0, enhanced.rfind('.')); }

bool is_one_of(std::string_view what, std::initializer_list<std::string_view> list) {
    return std::find(list.begin(), list.end(), what) != list.end();
}

struct Verdict {
    Answer answer;
    Blame blame;
};

Verdict temporary(const SmtpReply& reply, SmtpStage stage) {
    std::string_view subject = subject_of(reply.enhanced);
    // The relay has not heard of the recipient yet: it is the one that cannot, and another may.
    if (stage < SmtpStage::rcpt)
        return {Answer::deferred, Blame::connection};
    if (reply.code == 421 || subject == "4.7")
        return {Answer::deferred, Blame::rate_or_policy};
    if (subject == "4.3" || subject == "4.4")
        return {Answer::deferred, Blame::none};  // a system on the way, and which one is not said
    if (subject == "4.2" || is_one_of(std::to_string(reply.code), {"450", "451", "452"}))
        return {Answer::deferred, Blame::mailbox_full};
    return {Answer::deferred, Blame::none};
}

/// A relay that refuses *us*, not this recipient: nobody's message may be used up by that, so all of it is `deferred`.
Verdict refused_us(const SmtpReply& reply, SmtpStage stage) {
    if (stage == SmtpStage::connect || stage == SmtpStage::hello)
        return {Answer::deferred, Blame::connection};
    if (stage == SmtpStage::mail && is_one_of(reply.enhanced, {"5.1.7", "5.1.8"}))
        return {Answer::deferred, Blame::content};  // this sender, not the whole relay
    return {Answer::deferred, Blame::credentials};
}

Verdict permanent(const SmtpReply& reply, SmtpStage stage) {
    if (stage < SmtpStage::rcpt)
        return refused_us(reply, stage);
    // "Bad sequence of commands" is between the relay and us.
    if (reply.code == 503)
        return {Answer::deferred, Blame::connection};
    std::string_view subject = subject_of(reply.enhanced);
    if (reply.code == 530 || reply.code == 534 || reply.code == 535 || reply.enhanced == "5.7.8")
        return {Answer::deferred, Blame::credentials};
    if (is_one_of(reply.enhanced, {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}))
        return {Answer::rejected, Blame::address_dead};
    // Full today is not full for ever, whatever the first digit says.
    if (reply.enhanced == "5.2.2" || (reply.code == 552 && reply.enhanced.empty()))
        return {Answer::deferred, Blame::mailbox_full};
    if (subject == "5.6" || is_one_of(reply.enhanced, {"5.2.3", "5.3.4"}))
        return {Answer::rejected, Blame::content};
    if (subject == "5.7")
        return {Answer::rejected, Blame::rate_or_policy};
    // 5.0.0 says no more than no code at all; many relays put it in front of everything.
    if (reply.code == 550 && (reply.enhanced.empty() || reply.enhanced == "5.0.0"))
        return {Answer::rejected, Blame::bare_550};
    return {Answer::rejected, Blame::none};
}

Verdict verdict(const SmtpFacts& facts) {
    int first_digit = facts.reply ? facts.reply->code / 100 : 0;
    if (facts.body_ended && first_digit == 2)
        return {Answer::accepted, Blame::none};
    if (facts.body_ended && first_digit != 4 && first_digit != 5)
        return {Answer::in_doubt, Blame::connection};
    if (!facts.body_ended && facts.gate_refused)
        return {Answer::refused, Blame::none};
    if (first_digit == 4)
        return temporary(*facts.reply, facts.stage);
    if (facts.credentials_wrong)
        return {Answer::deferred, Blame::credentials};
    if (first_digit == 5)
        return permanent(*facts.reply, facts.stage);
    return {Answer::deferred, Blame::connection};
}

}  // namespace

bool SmtpReplyReader::line(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.remove_suffix(1);
    bool starts = text.size() >= 3 && digit(text[0]) && digit(text[1]) && digit(text[2]);
    if (!starts || text[0] < '2' || text[0] > '5' || (text.size() > 3 && text[3] != ' ' && text[3] != '-'))
        return false;  // garbage says nothing
    std::string_view rest = text.substr(std::min<std::size_t>(text.size(), 4));
    if (std::string code = enhanced_code(rest, text[0]); !code.empty())
        enhanced_ = code;
    if (text.size() > 3 && text[3] == '-')
        return false;
    last_ = SmtpReply{std::stoi(std::string(text.substr(0, 3))), std::exchange(enhanced_, {}), queue_id(rest)};
    return true;
}

Outcome classify(const SmtpFacts& facts) {
    auto [answer, blame] = verdict(facts);
    Outcome outcome;
    outcome.answer = answer;
    outcome.blame = blame;
    // A positive reply to an earlier command is no news about the message.
    if (facts.reply && answer != Answer::refused && (facts.body_ended || facts.reply->code >= 400)) {
        outcome.code = facts.reply->code;
        outcome.enhanced = facts.reply->enhanced;
        outcome.remote_id = facts.reply->queue_id;
    }
    return outcome;
}

}  // namespace nurture::connectors
