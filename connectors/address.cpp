// SPDX-License-Identifier: MIT
#include "connectors/address.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uidna.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <memory>
#include <stdexcept>

namespace nurture::connectors {

namespace {

constexpr std::size_t k_max_local = 64;     // RFC 5321 4.5.3.1.1
constexpr std::size_t k_max_domain = 253;   // what DNS can carry, RFC 1035 2.3.4 without the root dot
constexpr std::size_t k_max_address = 254;  // RFC 5321 4.5.3.1.3: a path of 256 less its angle brackets
constexpr std::size_t k_max_label = 63;     // RFC 1035 2.3.4
constexpr std::size_t k_max_digits = 15;    // E.164 6.2
constexpr std::size_t k_min_digits = 8;     // no country has shorter complete numbers that take SMS

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}
/// RFC 5322 3.2.3
bool atom(char c) {
    return letter(c) || digit(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

/// One spelling for what people take for the same: capitals, width, composed and decomposed letters (UAX 31, NFKC_CF).
std::string folded(const std::string& text) {
    UErrorCode error = U_ZERO_ERROR;
    const auto* fold = icu::Normalizer2::getNFKCCasefoldInstance(error);
    std::string out;
    if (U_SUCCESS(error))
        fold->normalize(icu::UnicodeString::fromUTF8(text), error).toUTF8String(out);
    if (U_FAILURE(error))
        throw std::runtime_error("ICU has no NFKC_Casefold");
    return out;
}

/// RFC 6532 3.2 lets all of UTF-8 stand there. What nobody can see, what turns the direction of writing, and what looks
/// like a sign that has a meaning in an address has no place in one.
std::string international_problem(const std::string& local) {
    constexpr std::uint32_t visible = U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK | U_GC_P_MASK | U_GC_S_MASK;
    const auto size = static_cast<std::int32_t>(local.size());
    for (std::int32_t at = 0; at < size;) {
        UChar32 letter = 0;
        U8_NEXT(local.data(), at, size, letter);
        if (letter < 0)
            return "the part before the @ is not UTF-8";
        if ((U_MASK(u_charType(letter)) & visible) == 0 ||
            u_hasBinaryProperty(letter, UCHAR_DEFAULT_IGNORABLE_CODE_POINT))
            return "there is a character before the @ that nobody can see";
    }
    for (const char c : folded(local))
        if (static_cast<unsigned char>(c) < 0x80 && !atom(c) && c != '.')
            return std::string("there is a character before the @ that looks like ") +
                   (c == ' ' ? "a space" : std::string("a ") + c);
    return {};
}

std::string local_problem(const std::string& local) {
    if (local.empty())
        return "nothing stands before the @";
    if (local.size() > k_max_local)
        return ascii(local) ? "more than 64 characters stand before the @"
                            : "more than 64 octets stand before the @ (a letter outside a-z takes two to four)";
    if (local.front() == '"')
        return "the part before the @ is in quotes";
    if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos)
        return "a dot stands first, last or twice in a row before the @";
    for (char c : local)
        if (static_cast<unsigned char>(c) < 0x80 && !atom(c) && c != '.')
            return std::string("the part before the @ has a ") + c;
    return ascii(local) ? std::string() : international_problem(local);
}

std::string domain_problem(std::string_view domain) {
    if (domain.size() > k_max_domain)
        return "the domain has more than 253 characters";
    if (domain.find('.') == std::string_view::npos)
        return "the domain has no dot";
    std::string_view label;
    for (std::string_view rest = domain; !rest.empty() || label.empty();) {
        std::size_t dot = std::min(rest.find('.'), rest.size());
        label = rest.substr(0, dot);
        rest.remove_prefix(std::min(dot + 1, rest.size()));
        if (label.empty() || domain.back() == '.')
            return "the domain has a dot too many";
        if (label.size() > k_max_label)
            return "a part of the domain has more than 63 characters";
        if (label.front() == '-' || label.back() == '-')
            return "a part of the domain begins or ends with a hyphen";
        for (char c : label)
            if (!letter(c) && !digit(c) && c != '-')
                return std::string("the domain has a ") + c;
    }
    if (std::all_of(label.begin(), label.end(), digit))
        return "the domain is a number";
    return {};
}

/// The domain in A-labels (UTS 46, non-transitional), or empty.
std::string a_labels(const std::string& domain) {
    UErrorCode error = U_ZERO_ERROR;
    std::unique_ptr<UIDNA, void (*)(UIDNA*)> idna(
        uidna_openUTS46(UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII, &error), uidna_close);
    if (U_FAILURE(error))
        return {};
    std::array<char, 512> out{};
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    std::int32_t size = uidna_nameToASCII_UTF8(idna.get(), domain.data(), static_cast<std::int32_t>(domain.size()),
                                               out.data(), static_cast<std::int32_t>(out.size()), &info, &error);
    bool good = U_SUCCESS(error) && info.errors == 0 && size <= static_cast<std::int32_t>(out.size());
    return good ? std::string(out.data(), static_cast<std::size_t>(size)) : std::string();
}

template<typename T>
std::optional<T> refuse(std::string* why, std::string reason) {
    if (why)
        *why = std::move(reason);
    return std::nullopt;
}

/// HMAC-SHA-256 with one key after another: to look up the algorithm and prepare the key costs more than
/// the digest of an address, and an import makes millions of them.
class Mac {
public:
    AddressKey of(std::string_view key, std::string_view message) {
        const bool same = key == key_ && context_;
        if (!same)
            prepare();
        AddressKey digest{};
        std::size_t size = 0;
        const auto* octets = same ? nullptr : reinterpret_cast<const unsigned char*>(key.data());  // null: the same key
        const bool done = EVP_MAC_init(context_.get(), octets, same ? 0 : key.size(), nullptr) == 1 &&
                          EVP_MAC_update(context_.get(), reinterpret_cast<const unsigned char*>(message.data()),
                                         message.size()) == 1 &&
                          EVP_MAC_final(context_.get(), digest.data(), &size, digest.size()) == 1;
        if (!done || size != digest.size())
            throw std::runtime_error("OpenSSL has no HMAC-SHA-256");
        key_ = key;
        return digest;
    }

private:
    void prepare() {
        const std::unique_ptr<EVP_MAC, void (*)(EVP_MAC*)> hmac(EVP_MAC_fetch(nullptr, "HMAC", nullptr), EVP_MAC_free);
        context_.reset(EVP_MAC_CTX_new(hmac.get()));
        std::string digest = "SHA256";
        const OSSL_PARAM with[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
                                   OSSL_PARAM_construct_end()};
        if (!context_ || EVP_MAC_CTX_set_params(context_.get(), with) != 1)
            throw std::runtime_error("OpenSSL has no HMAC-SHA-256");
    }

    std::string key_;
    std::unique_ptr<EVP_MAC_CTX, void (*)(EVP_MAC_CTX*)> context_{nullptr, EVP_MAC_CTX_free};
};

AddressKey hmac(std::string_view pepper, char channel, const std::string& canonical) {
    assert(pepper.size() >= 16);
    thread_local Mac mac;
    return mac.of(pepper, channel + canonical);
}

}  // namespace

EmailAddress::EmailAddress(std::string local, std::string domain)
    : local_(std::move(local)),
      domain_(std::move(domain)) {}

std::optional<EmailAddress> EmailAddress::parse(std::string_view text, std::string* why) {
    // Control characters first: no later message may repeat one.
    for (char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            return refuse<EmailAddress>(why, "it has a control character");
        if (c == ' ')
            return refuse<EmailAddress>(why, "it has a space");
    }
    std::size_t at = text.rfind('@');
    if (at == std::string_view::npos)
        return refuse<EmailAddress>(why, "it has no @");
    std::string local(text.substr(0, at));
    std::string domain(text.substr(at + 1));
    if (std::string problem = local_problem(local); !problem.empty())
        return refuse<EmailAddress>(why, problem);
    if (domain.empty())
        return refuse<EmailAddress>(why, "nothing stands after the @");
    if (!ascii(domain)) {
        domain = a_labels(domain);
        if (domain.empty())
            return refuse<EmailAddress>(why, "the domain is not a valid international domain name");
    }
    domain = lower(domain);
    if (std::string problem = domain_problem(domain); !problem.empty())
        return refuse<EmailAddress>(why, problem);
    if (local.size() + 1 + domain.size() > k_max_address)
        return refuse<EmailAddress>(why, "it has more than 254 characters");
    return EmailAddress(std::move(local), std::move(domain));
}

bool EmailAddress::international() const { return !ascii(local_); }

std::string EmailAddress::canonical() const {
    return (international() ? folded(local_) : lower(local_)) + '@' + domain_;
}

PhoneNumber::PhoneNumber(std::string e164) : e164_(std::move(e164)) {}

std::optional<PhoneNumber> PhoneNumber::parse(std::string_view text, std::string* why, std::string_view country_code) {
    std::string digits;
    bool international = text.starts_with('+');
    std::string_view rest = text.substr(international ? 1 : 0);
    if (std::size_t trunk = rest.find("(0)"); international && trunk != std::string_view::npos) {
        // "+44 (0)20 …": the zero is dialled only within the country.
        digits = rest.substr(0, trunk);
        digits += rest.substr(trunk + 3);
        rest = {};
    } else {
        digits = rest;
    }
    std::erase_if(digits, [](char c) { return c == ' ' || c == '.' || c == '-' || c == '(' || c == ')' || c == '/'; });
    if (digits.empty())
        return refuse<PhoneNumber>(why, "it has no digits");
    if (!std::all_of(digits.begin(), digits.end(), digit))
        return refuse<PhoneNumber>(why, "it has something else than digits, blanks, dots, hyphens and parentheses");
    if (!international && digits.starts_with("00")) {
        digits.erase(0, 2);
        international = true;
    }
    if (!international) {
        if (country_code.empty())
            return refuse<PhoneNumber>(why, "it has no country code: write it as +1 214 555 0142");
        bool has_code = country_code == "1" && digits.size() == 11 && digits.front() == '1';
        if (!has_code) {
            if (country_code != "1" && digits.front() == '0')
                digits.erase(0, 1);
            digits.insert(0, country_code);
        }
    }
    if (digits.empty() || digits.front() == '0')
        return refuse<PhoneNumber>(why, "its country code begins with a zero");
    if (digits.size() > k_max_digits)
        return refuse<PhoneNumber>(why, "it has more than 15 digits");
    if (digits.size() < k_min_digits)
        return refuse<PhoneNumber>(why, "it has too few digits");
    if (digits.front() == '1' && (digits.size() != 11 || digits[1] < '2' || digits[4] < '2'))
        return refuse<PhoneNumber>(why, "a number with country code 1 has ten digits after it, and neither area code "
                                        "nor exchange begins with 0 or 1");
    return PhoneNumber('+' + digits);
}

AddressKey address_key(std::string_view pepper, const EmailAddress& address) {
    return hmac(pepper, 'e', address.canonical());
}

AddressKey address_key(std::string_view pepper, const PhoneNumber& number) {
    return hmac(pepper, 's', number.canonical());
}

}  // namespace nurture::connectors
