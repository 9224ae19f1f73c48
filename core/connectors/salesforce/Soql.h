// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/salesforce/SalesforceErrors.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tw::salesforce {

/// A query of one object: SELECT fields or COUNT() FROM object, WHERE comparisons joined by AND,
/// ORDER BY, LIMIT, OFFSET. What it cannot read is refused as MALFORMED_QUERY, never guessed.
struct Soql
{
    enum class Operator { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, Like, In };

    struct Literal
    {
        enum class Kind { Null, Bool, Number, Text, Time };
        Kind kind = Kind::Null;
        std::string text; ///< Unescaped; "true" or "false" for Bool.
    };
    struct Condition
    {
        std::string field;
        Operator op = Operator::Equal;
        std::vector<Literal> values; ///< Several for IN.
    };
    struct Order
    {
        std::string field;
        bool descending = false;
        bool nullsLast = false;
    };

    std::vector<std::string> fields;
    bool count = false;
    std::string object;
    std::vector<Condition> where;
    std::vector<Order> orderBy;
    std::optional<std::size_t> limit;
    std::size_t offset = 0;
};

std::variant<Soql, Refusal> parseSoql(std::string_view text);

} // namespace tw::salesforce
