// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/connectors/stripe/samples/SampleObjects.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tw::stripe {

/// Makes Stripe events with believable content from a seed: for previews, `webhook send` and the
/// double. Objects of one event agree with each other and with the accounts of the CRM double. Not
/// thread-safe; results own their memory.
class SampleFactory
{
public:
    /// `currencies`: what sales are in; empty takes the buyers' own and now and then one without
    /// two decimals. ISK, UGX and all others only on request.
    SampleFactory(std::uint64_t seed, Instant now, std::vector<std::string> currencies = {});

    static std::vector<std::string> eventTypes(); ///< What event() can make.
    static bool makes(std::string_view eventType);

    void setNow(Instant now) { m_now = now; }

    /// A whole snapshot event. Error Config `stripe.no_sample` for types it does not know.
    Result<Document> event(std::string_view type);
    /// data.object of such an event.
    Result<Document> object(std::string_view type);
    /// An event that holds data no Salesforce org with the sample picklists will take: a currency
    /// that is not in the restricted list, and a card number ending that is too long.
    Result<Document> poisoned(std::string_view type);

    /// What the object of the last event refers to, so that whoever asks for it finds it: the charge
    /// of a refund or dispute, the subscription of an invoice, the transactions of a payout.
    std::vector<Document> around() const;

    /// An event of `type` around an object that exists already.
    Document eventAround(std::string_view type, const Value &object,
                         const Value &previousAttributes = {},
                         std::optional<std::string> idempotencyKey = std::nullopt);

    std::string newId(std::string_view prefix);
    Sale draw() { return m_book.draw(m_now); }

private:
    SaleBook m_book;
    Instant m_now;
    std::string m_lastType;
    std::optional<Sale> m_lastSale;
};

} // namespace tw::stripe
