// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/facts/WebhookSignature.h"

#include "core/base/Sha256.h"
#include "core/data/Json.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace tw::stripe {

namespace {

constexpr std::string_view kBlanks = " \t\r\n\v\f";

struct Header
{
    std::optional<std::int64_t> timestamp;
    std::vector<std::string_view> signatures; ///< Of scheme v1.
};

std::optional<std::int64_t> wholeSeconds(std::string_view text)
{
    std::int64_t seconds = 0;
    const auto *end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(text.data(), end, seconds);
    if (text.empty() || problem != std::errc() || stop != end || seconds < 0)
        return std::nullopt;
    return seconds;
}

Header parseHeader(std::string_view text)
{
    Header header;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const auto item = text.substr(0, comma);
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
        const auto equals = item.find('=');
        if (equals == std::string_view::npos)
            continue;
        const auto scheme = item.substr(0, equals);
        if (scheme == "t")
            header.timestamp = wholeSeconds(item.substr(equals + 1));
        else if (scheme == "v1")
            header.signatures.push_back(item.substr(equals + 1));
    }
    return header;
}

std::string hexDigest(std::int64_t timestamp, std::string_view body, std::string_view key)
{
    const Sha256 digest = hmacSha256(key, {std::to_string(timestamp), ".", body});
    static constexpr char kHex[] = "0123456789abcdef";
    std::string text;
    text.reserve(2 * digest.size());
    for (const unsigned char byte : digest) {
        text += kHex[byte >> 4];
        text += kHex[byte & 15];
    }
    return text;
}

bool anyMatches(const Header &header, std::string_view body, const std::vector<Secret> &secrets)
{
    bool found = false;
    for (const auto &secret : secrets) {
        if (secret.isEmpty())
            continue; // Anyone can sign with an empty key.
        const std::string expected = hexDigest(*header.timestamp, body, secret.reveal());
        for (const auto signature : header.signatures)
            found |= constantTimeEquals(signature, expected);
    }
    return found;
}

bool hasBlank(const Secret &secret)
{
    return secret.reveal().find_first_of(kBlanks) != std::string_view::npos;
}

Error badSignature(const std::vector<Secret> &secrets)
{
    std::string message = "The signature does not fit the body and the webhook secret. Check that "
                          "the secret belongs to this endpoint and that no proxy changes the body.";
    if (std::any_of(secrets.begin(), secrets.end(), hasBlank))
        message += " The secret contains white space, perhaps a line end that was pasted with it.";
    return rejectedError("stripe.bad_signature", std::move(message));
}

Result<Header> readHeader(std::string_view text)
{
    if (text.empty())
        return rejectedError("stripe.no_signature",
                             "The request has no Stripe-Signature header, so it does not come from "
                             "Stripe or a proxy removed the header.");
    Header header = parseHeader(text);
    if (!header.timestamp)
        return rejectedError("stripe.bad_header",
                             "The Stripe-Signature header has no timestamp (t=...), so its age "
                             "cannot be checked.");
    if (header.signatures.empty())
        return rejectedError("stripe.no_signature",
                             "The Stripe-Signature header has no signature of scheme v1.");
    const bool hasEmpty = std::any_of(header.signatures.begin(), header.signatures.end(),
                                      [](std::string_view text_) { return text_.empty(); });
    if (hasEmpty)
        return rejectedError("stripe.bad_header",
                             "The Stripe-Signature header has an empty signature (v1=).");
    return header;
}

} // namespace

Result<void> verifySignature(std::string_view header, std::string_view body,
                             const SignatureCheck &check)
{
    const auto parsed = readHeader(header);
    if (!parsed)
        return parsed.error();
    if (check.secrets.empty() || std::all_of(check.secrets.begin(), check.secrets.end(),
                                             [](const Secret &secret) { return secret.isEmpty(); }))
        return configError("stripe.no_webhook_secret",
                           "No webhook secret is set. Copy it from the endpoint's page in the "
                           "Stripe Dashboard; it begins with whsec_.");
    if (!anyMatches(*parsed, body, check.secrets))
        return badSignature(check.secrets);
    const std::int64_t age = check.now.seconds() - *parsed->timestamp;
    if (check.tolerance.count() > 0 && age > check.tolerance.count())
        return rejectedError("stripe.stale_timestamp",
                             "The delivery was signed " + std::to_string(age) +
                                 " seconds ago; at most " +
                                 std::to_string(check.tolerance.count()) +
                                 " are allowed. It may be a replay, or this computer's clock is "
                                 "wrong.");
    return {};
}

Result<Document> readDelivery(std::string_view header, std::string_view body,
                              const SignatureCheck &check)
{
    if (auto verified = verifySignature(header, body, check); !verified)
        return std::move(verified).error();
    auto document = parseJson(body);
    if (!document)
        return rejectedError("stripe.bad_body", "The signature holds but the body is not JSON: " +
                                                    document.error().message);
    return document;
}

std::string signDelivery(std::string_view body, const Secret &secret, Instant at)
{
    return "t=" + std::to_string(at.seconds()) +
           ",v1=" + hexDigest(at.seconds(), body, secret.reveal());
}

std::vector<Secret> splitSecrets(const Secret &text)
{
    static constexpr std::string_view kSeparators = ", \t\r\n\v\f";
    std::vector<Secret> parts;
    std::string_view rest = text.reveal();
    while (true) {
        const auto start = rest.find_first_not_of(kSeparators);
        if (start == std::string_view::npos)
            break;
        const auto end = std::min(rest.find_first_of(kSeparators, start), rest.size());
        const auto part = rest.substr(start, end - start);
        if (!part.starts_with("whsec_"))
            return {text};
        parts.emplace_back(std::string(part));
        rest = rest.substr(end);
    }
    if (parts.size() > 1)
        return parts;
    return text.isEmpty() ? std::vector<Secret>() : std::vector<Secret>{text};
}

} // namespace tw::stripe
