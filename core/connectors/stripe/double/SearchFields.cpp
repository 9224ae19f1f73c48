// SPDX-License-Identifier: GPL-3.0-or-later
// What can be searched (docs.stripe.com/search#query-fields-for-each-resource).
#include "core/connectors/stripe/double/SearchQuery.h"

#include <algorithm>
#include <iterator>

namespace tw::stripe {
namespace {

enum class Kind {
    Token,  ///< ":" only.
    Text,   ///< ":" and "~".
    Number, ///< ":" and comparisons.
};

constexpr std::size_t kShortestPart = 3;

struct SearchField
{
    std::string_view object, name;
    Kind kind;
    std::string_view path = {}; ///< Where it is, when not under its name.
};

constexpr SearchField kSearchFields[] = {
    {"charge", "amount", Kind::Number},
    {"charge", "billing_details.address.postal_code", Kind::Token},
    {"charge", "created", Kind::Number},
    {"charge", "currency", Kind::Token},
    {"charge", "customer", Kind::Token},
    {"charge", "disputed", Kind::Token},
    {"charge", "payment_method_details.card.brand", Kind::Token},
    {"charge", "payment_method_details.card.exp_month", Kind::Token},
    {"charge", "payment_method_details.card.exp_year", Kind::Token},
    {"charge", "payment_method_details.card.fingerprint", Kind::Token},
    {"charge", "payment_method_details.card.last4", Kind::Token},
    {"charge", "refunded", Kind::Token},
    {"charge", "status", Kind::Token},
    {"customer", "created", Kind::Number},
    {"customer", "email", Kind::Text},
    {"customer", "name", Kind::Text},
    {"customer", "phone", Kind::Text},
    {"invoice", "created", Kind::Number},
    {"invoice", "currency", Kind::Token},
    {"invoice", "customer", Kind::Token},
    {"invoice", "last_finalization_error_code", Kind::Token, "last_finalization_error.code"},
    {"invoice", "last_finalization_error_type", Kind::Token, "last_finalization_error.type"},
    {"invoice", "number", Kind::Text},
    {"invoice", "receipt_number", Kind::Text},
    {"invoice", "status", Kind::Text},
    {"invoice", "subscription", Kind::Text, "parent.subscription_details.subscription"},
    {"invoice", "total", Kind::Number},
    {"payment_intent", "amount", Kind::Number},
    {"payment_intent", "created", Kind::Number},
    {"payment_intent", "currency", Kind::Token},
    {"payment_intent", "customer", Kind::Token},
    {"payment_intent", "status", Kind::Token},
    {"price", "active", Kind::Token},
    {"price", "currency", Kind::Token},
    {"price", "lookup_key", Kind::Text},
    {"price", "product", Kind::Text},
    {"price", "type", Kind::Token},
    {"product", "active", Kind::Token},
    {"product", "description", Kind::Text},
    {"product", "name", Kind::Text},
    {"product", "shippable", Kind::Token},
    {"product", "url", Kind::Text},
    {"subscription", "canceled_at", Kind::Number},
    {"subscription", "created", Kind::Number},
    {"subscription", "status", Kind::Token},
};

std::vector<std::string> partsOf(std::string_view path)
{
    std::vector<std::string> parts;
    while (!path.empty()) {
        const auto dot = std::min(path.find('.'), path.size());
        parts.emplace_back(path.substr(0, dot));
        path = path.substr(std::min(dot + 1, path.size()));
    }
    return parts;
}

Error refused(std::string message)
{
    return rejectedError("stripe.bad_query", std::move(message));
}

} // namespace

Result<void> SearchQuery::bindTo(std::string_view object)
{
    for (Clause &clause : m_clauses) {
        const bool isMetadata = clause.path.front() == "metadata" && clause.path.size() == 2;
        std::string name = clause.path.front();
        for (std::size_t at = 1; at < clause.path.size(); ++at)
            name += '.' + clause.path[at];
        const auto *field = std::find_if(
            std::begin(kSearchFields), std::end(kSearchFields),
            [&](const SearchField &one) { return one.object == object && one.name == name; });
        const bool isKnown = field != std::end(kSearchFields);
        if (!isKnown && !isMetadata)
            return refused("Field `" + name + "` is an unsupported search field for " +
                           std::string(object) + "s.");
        const Kind kind = isMetadata ? Kind::Token : field->kind;
        const bool isPart = clause.op == "~";
        const bool isOrder = clause.op != ":" && !isPart;
        if ((isPart && kind != Kind::Text) || (isOrder && kind != Kind::Number))
            return refused("Operator `" + clause.op + "` is not supported for the field `" + name +
                           "`.");
        if (isPart && clause.value.size() < kShortestPart)
            return refused("A part to search for has at least 3 characters.");
        if (isKnown && !field->path.empty())
            clause.path = partsOf(field->path);
    }
    return {};
}

} // namespace tw::stripe
