// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/VersionMoves.h"

#include <algorithm>
#include <array>

namespace tw::stripe {
namespace {

struct Release
{
    std::string_view name, since;
};
constexpr Release kReleases[] = {{"acacia", "2024-09-30"},
                                 {"basil", "2025-03-31"},
                                 {"clover", "2025-09-30"},
                                 {"dahlia", "2026-03-25"},
                                 {"endive", "2026-09-30"}};

constexpr VersionMove kMoves[] = {
    {"basil", "subscription", "current_period_start", "items.data[].current_period_start",
     "Each item has a period of its own."},
    {"basil", "subscription", "current_period_end", "items.data[].current_period_end",
     "Each item has a period of its own."},
    {"basil", "invoice", "subscription", "parent.subscription_details.subscription", ""},
    {"basil", "invoice", "payment_intent", "payments.data[].payment.payment_intent",
     "Only where `payments` was expanded, so never in an event: deliver the current state."},
    {"basil", "invoice", "charge", "payments.data[].payment.charge",
     "Only where `payments` was expanded, so never in an event: deliver the current state."},
    {"basil", "invoice", "paid", "status", "It is \"paid\" there."},
    {"basil", "invoice", "paid_out_of_band", "payments.data[].payment.type",
     "Only where `payments` was expanded, so never in an event: deliver the current state."},
    {"basil", "payment_intent", "invoice", "", "List the invoice payments of this payment intent."},
    {"basil", "charge", "invoice", "", "List the invoice payments of its payment intent."},
};

std::string_view dateOf(std::string_view version)
{
    constexpr std::size_t kDate = 10;
    if (version.size() < kDate || version[4] != '-' || version[7] != '-')
        return {};
    return version.substr(0, kDate);
}

std::string_view sinceOf(std::string_view release)
{
    for (const Release &known : kReleases) {
        if (known.name == release)
            return known.since;
    }
    return {};
}

} // namespace

std::span<const VersionMove> versionMoves()
{
    return kMoves;
}

std::string releaseOf(std::string_view version)
{
    const std::string_view date = dateOf(version);
    if (date.empty())
        return {};
    std::string_view name = version.substr(date.size());
    if (!name.starts_with('.'))
        return std::string(date);
    name.remove_prefix(1);
    return std::string(name.substr(0, name.find('.')));
}

bool isSameRelease(std::string_view version, std::string_view other)
{
    return releaseOf(version) == releaseOf(other);
}

std::vector<VersionMove> movesBetween(std::string_view version, std::string_view other,
                                      const std::vector<std::string> &objects)
{
    const std::string_view older = std::min(dateOf(version), dateOf(other));
    const std::string_view newer = std::max(dateOf(version), dateOf(other));
    std::vector<VersionMove> found;
    for (const VersionMove &move : kMoves) {
        const std::string_view since = sinceOf(move.release);
        const bool between = older < since && since <= newer;
        if (between && std::find(objects.begin(), objects.end(), move.object) != objects.end())
            found.push_back(move);
    }
    return found;
}

std::string versionAdvice(std::string_view eventVersion, std::string_view madeFor,
                          const std::vector<std::string> &objects)
{
    std::string text = "Where events come in " + std::string(eventVersion) +
                       " and mappings were made for " + std::string(madeFor) + ", fields may stand elsewhere.";
    const bool eventIsNewer = dateOf(eventVersion) > dateOf(madeFor);
    for (const VersionMove &move : movesBetween(eventVersion, madeFor, objects)) {
        const std::string_view wanted = eventIsNewer ? move.before : move.after;
        const std::string_view there = eventIsNewer ? move.after : move.before;
        text += ' ' + std::string(move.object) + '.' +
                std::string(wanted.empty() ? move.before : wanted);
        text += there.empty()
                    ? std::string(" is not in them.")
                    : " is " + std::string(move.object) + '.' + std::string(there) + " in them.";
        if (eventIsNewer && !move.advice.empty())
            text += ' ' + std::string(move.advice);
    }
    return text;
}

} // namespace tw::stripe
