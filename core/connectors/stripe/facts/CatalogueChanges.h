// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/facts/Catalogue.h"

#include <string>
#include <vector>

namespace tw::stripe {

/// What another catalogue knows that one does not, in words. A value; lines are sorted.
struct CatalogueChanges
{
    std::string before, now;           ///< API versions.
    std::vector<std::string> newCalls; ///< "POST /v1/refunds/{refund}/cancel".
    std::vector<std::string> goneCalls;
    std::vector<std::string> newObjects, goneObjects;
    /// "charge.outcome.advice: new, text", "POST /v1/charges, amount: now required".
    std::vector<std::string> newFields, goneFields, changedFields;

    bool isEmpty() const; ///< But for the version.
    static CatalogueChanges between(const ApiCatalogue &before, const ApiCatalogue &now);
};

/// Whether `version` came before `other`: by the day in its name.
bool isOlderVersion(const std::string &version, const std::string &other);

/// Stripe's spec3.json, held to what a file from anywhere may be. Errors Rejected
/// `stripe.not_a_spec`, `stripe.secret_in_spec`; `where` is "line:column" when it is known.
Result<ApiCatalogue> catalogueFromSpec(std::string_view text);

} // namespace tw::stripe
