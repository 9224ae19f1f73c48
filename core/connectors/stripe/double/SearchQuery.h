// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/data/Value.h"

#include <string>
#include <string_view>
#include <vector>

namespace tw::stripe {

/// A query of Stripe's search (docs.stripe.com/search): clauses `field:'text'`, `field~'part'`,
/// `amount>100`, `-field:'text'`, `metadata['key']:'value'`, `-metadata['key']:null`, joined by AND
/// or OR, not both. Immutable.
class SearchQuery
{
public:
    /// The error's message is for the caller of the double.
    static Result<SearchQuery> parse(std::string_view text);

    /// Holds the query against what Stripe lets one search of these objects ("customer"), and turns
    /// its names into where the fields are. The error's message is for the caller of the double.
    Result<void> bindTo(std::string_view object);

    bool fits(const Value &object) const;

private:
    struct Clause
    {
        std::vector<std::string> path;
        std::string op;
        std::string value;
        bool isNull = false;
        bool isNot = false;
        bool fits(const Value &object) const;
    };
    std::vector<Clause> m_clauses;
    bool m_any = false;
};

} // namespace tw::stripe
