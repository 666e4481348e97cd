// SPDX-License-Identifier: MIT
#include "connectors/mime.hpp"

#include "connectors/address.hpp"
#include "connectors/mime_text.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <string_view>

namespace nurture::connectors {

namespace {

constexpr std::size_t k_max_id = 250;         // a Message-ID on a line of its own stays far below 998 octets
constexpr std::size_t k_max_url = 900;        // cannot be folded; RFC 5322 2.1.1 allows 998 with the header's name
constexpr std::size_t k_max_references = 20;  // a thread of more steps keeps its first and its latest ids

bool message_id(std::string_view id) {
    return id.size() >= 5 && id.size() <= k_max_id && id.front() == '<' && id.back() == '>' &&
           id.find('@') != std::string_view::npos && std::all_of(id.begin() + 1, id.end() - 1, [](char c) {
               return c > ' ' && c <= '~' && c != '<' && c != '>';
           });
}

bool header_url(std::string_view url) {
    return url.size() <= k_max_url && (url.starts_with("https://") || url.starts_with("http://")) &&
           std::all_of(url.begin(), url.end(),
                       [](char c) { return c > ' ' && c <= '~' && c != '<' && c != '>' && c != ','; });
}

std::string problem_of(const EmailMessage& m) {
    for (const Mailbox* box : {&m.from, &m.to})
        if (!header_text(box->name))
            return "a display name has a control character or is not UTF-8";
    if (!header_text(m.subject))
        return "the subject has a control character or is not UTF-8";
    if (!body_text(m.plain) || !body_text(m.html))
        return "a body has a control character or is not UTF-8";
    if (!message_id(m.message_id) || (!m.in_reply_to.empty() && !message_id(m.in_reply_to)) ||
        !std::all_of(m.references.begin(), m.references.end(), message_id))
        return "a message id is malformed";
    if (!m.unsubscribe_url.empty() && !header_url(m.unsubscribe_url))
        return "the unsubscribe link is no URL";
    return {};
}

std::string mailbox_header(std::string_view name, const std::string& display, const EmailAddress& address) {
    std::string out = std::string(name) + ": ";
    if (!display.empty()) {
        out += phrase(display, out.size());
        std::size_t line = out.size() - (out.rfind('\n') + 1);  // npos + 1 is 0
        out += line + address.wire().size() + 3 <= 76 ? " " : "\r\n ";
    }
    return out + '<' + address.wire() + ">\r\n";
}

std::string date_header(std::int64_t seconds) {
    using namespace std::chrono;
    static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    sys_seconds instant{std::chrono::seconds{seconds}};
    sys_days day = floor<std::chrono::days>(instant);
    year_month_day date{day};
    hh_mm_ss time{instant - day};
    return fmt::format("Date: {}, {:02} {} {:04} {:02}:{:02}:{:02} +0000\r\n", days[weekday{day}.c_encoding()],
                       static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                       static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                       time.seconds().count());
}

std::string references_header(const std::vector<std::string>& ids) {
    std::string out = "References:";
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (i == 0 || i + k_max_references > ids.size())
            out += (i == 0 ? " " : "\r\n ") + ids[i];
    return out + "\r\n";
}

/// RFC 6068 2: what a local part may hold and a URI may not.
std::string mailto(const EmailAddress& address) {
    std::string out = "mailto:";
    for (const char c : address.wire()) {
        bool safe = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    std::string_view("-._~@+!*").find(c) != std::string_view::npos;
        out += safe ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out + "?subject=unsubscribe";
}

std::string list_headers(const std::string& url, const std::optional<EmailAddress>& mailbox) {
    std::string out;
    if (!url.empty())
        out += '<' + url + '>';
    if (mailbox)
        out += (out.empty() ? "<" : ",\r\n <") + mailto(*mailbox) + '>';
    if (out.empty())
        return out;
    out = "List-Unsubscribe: " + out + "\r\n";
    // RFC 8058 3.1 promises one-click for https only.
    if (url.starts_with("https://"))
        out += "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n";
    return out;
}

void append_part(std::string& out, std::string_view type, const std::string& text) {
    // Quoted-printable costs two octets more per special one, base64 a third of everything.
    const bool quoted = special_octets(text) * 6 <= text.size();
    out += "Content-Type: ";
    out += type;
    out += "; charset=utf-8\r\nContent-Transfer-Encoding: ";
    out += quoted ? "quoted-printable\r\n\r\n" : "base64\r\n\r\n";
    out += quoted ? quoted_printable_body(text) : base64_body(text);
}

/// The same over all attempts. Holds "=_", which neither body encoding can produce (RFC 2045 6.7), so it cannot occur
/// in a part.
std::string boundary(const EmailMessage& m) {
    std::array<unsigned char, 32> digest{};
    EVP_Digest(m.message_id.data(), m.message_id.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    std::string out = "=_";
    for (std::size_t i = 0; i < 12; ++i)
        fmt::format_to(std::back_inserter(out), "{:02x}", digest[i]);
    return out;
}

void append_content(std::string& out, const EmailMessage& m) {
    out += "MIME-Version: 1.0\r\n";
    if (m.html.empty())
        return append_part(out, "text/plain", m.plain);
    const std::string line = boundary(m);
    out += "Content-Type: multipart/alternative; boundary=\"" + line + "\"\r\n\r\n--" + line + "\r\n";
    append_part(out, "text/plain", m.plain);
    out += "\r\n--" + line + "\r\n";
    append_part(out, "text/html", m.html);
    out += "\r\n--" + line + "--\r\n";
}

}  // namespace

std::optional<std::string> write_mime(const EmailMessage& m, std::string* why) {
    std::string problem = problem_of(m);
    auto from = EmailAddress::parse(m.from.address);
    auto to = EmailAddress::parse(m.to.address);
    auto unsubscribe = EmailAddress::parse(m.unsubscribe_mailto);
    if (!from || !to || (!unsubscribe && !m.unsubscribe_mailto.empty()))
        problem = "an address is not a valid one";
    if (!problem.empty()) {
        if (why)
            *why = problem;
        return std::nullopt;
    }
    std::string out = mailbox_header("From", m.from.name, *from) + mailbox_header("To", m.to.name, *to) +
                      unstructured_header("Subject", m.subject) + date_header(m.date) + "Message-ID: " + m.message_id +
                      "\r\n";
    if (!m.in_reply_to.empty())
        out += "In-Reply-To: " + m.in_reply_to + "\r\n";
    if (!m.references.empty())
        out += references_header(m.references);
    out += list_headers(m.unsubscribe_url, unsubscribe);
    append_content(out, m);
    return out;
}

}  // namespace nurture::connectors
