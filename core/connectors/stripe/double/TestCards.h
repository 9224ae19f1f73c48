// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace tw::stripe {

/// A card or bank account of Stripe's test mode and what it does (docs.stripe.com/testing).
struct TestCard
{
    enum class Acts {
        Pays,
        Declines,     ///< `code`, and `decline` for card_declined.
        AttachesOnly, ///< May be kept, and declines every payment.
        AsksCustomer, ///< The customer has to confirm.
        GetsDisputed,
        FailsRefunds,  ///< Refunds go through and come back later.
        DelaysRefunds, ///< Refunds are pending at first.
        SettlesNow,    ///< The money is available at once.
        Inquires,      ///< The bank asks before it disputes.
        TakesTime,     ///< The payment is processing first.
        FailsLater,    ///< Processing first, then `code`.
        Hangs,         ///< Processing, for good.
    };

    std::string_view name; ///< "visa" of pm_card_visa and tok_visa, "sepaDebit" of pm_sepaDebit.
    std::string_view number;
    std::string_view brand;
    Acts acts = Acts::Pays;
    std::string_view code{}, decline{};
    std::string_view funding = "credit", country = "US";
    std::string_view type = "card"; ///< Of the payment method.
    bool isCard() const { return type == "card"; }
    bool waits() const
    {
        return acts == Acts::TakesTime || acts == Acts::FailsLater || acts == Acts::Hangs;
    }
    std::string_view last4() const { return number.substr(number.size() - 4); }
};

/// By "pm_card_…", "tok_…", "pm_usBankAccount_…", or number; null: there is none.
const TestCard *testCard(std::string_view what);
/// What the customer reads of a decline.
std::string declineMessage(const TestCard &card);

} // namespace tw::stripe
