// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/TestCards.h"

#include <algorithm>
#include <iterator>

namespace tw::stripe {
namespace {

using Acts = TestCard::Acts;

constexpr TestCard kCards[] = {
    {"visa", "4242424242424242", "visa"},
    {"visa_debit", "4000056655665556", "visa", Acts::Pays, {}, {}, "debit"},
    {"mastercard", "5555555555554444", "mastercard"},
    {"mastercard_debit", "5200828282828210", "mastercard", Acts::Pays, {}, {}, "debit"},
    {"mastercard_prepaid", "5105105105105100", "mastercard", Acts::Pays, {}, {}, "prepaid"},
    {"amex", "378282246310005", "amex"},
    {"discover", "6011111111111117", "discover"},
    {"diners", "3056930009020004", "diners"},
    {"jcb", "3566002020360505", "jcb"},
    {"unionpay", "6200000000000005", "unionpay"},
    {"gb", "4000008260000000", "visa", Acts::Pays, {}, {}, "credit", "GB"},
    {"de", "4000002760000016", "visa", Acts::Pays, {}, {}, "credit", "DE"},
    {"fr", "4000002500000003", "visa", Acts::Pays, {}, {}, "credit", "FR"},
    {"jp", "4000003920000003", "visa", Acts::Pays, {}, {}, "credit", "JP"},
    {"bypassPending", "4000000000000077", "visa", Acts::SettlesNow},
    {"chargeDeclined", "4000000000000002", "visa", Acts::Declines, "card_declined",
     "generic_decline"},
    {"visa_chargeDeclined", "4000000000000002", "visa", Acts::Declines, "card_declined",
     "generic_decline"},
    {"chargeDeclinedInsufficientFunds", "4000000000009995", "visa", Acts::Declines, "card_declined",
     "insufficient_funds"},
    {"visa_chargeDeclinedInsufficientFunds", "4000000000009995", "visa", Acts::Declines,
     "card_declined", "insufficient_funds"},
    {"chargeDeclinedLostCard", "4000000000009987", "visa", Acts::Declines, "card_declined",
     "lost_card"},
    {"chargeDeclinedStolenCard", "4000000000009979", "visa", Acts::Declines, "card_declined",
     "stolen_card"},
    {"chargeDeclinedFraudulent", "4100000000000019", "visa", Acts::Declines, "card_declined",
     "fraudulent"},
    {"chargeDeclinedExpiredCard", "4000000000000069", "visa", Acts::Declines, "expired_card",
     "expired_card"},
    {"chargeDeclinedIncorrectCvc", "4000000000000127", "visa", Acts::Declines, "incorrect_cvc",
     "incorrect_cvc"},
    {"chargeDeclinedProcessingError", "4000000000000119", "visa", Acts::Declines,
     "processing_error", "processing_error"},
    {"chargeCustomerFail", "4000000000000341", "visa", Acts::AttachesOnly, "card_declined",
     "generic_decline"},
    {"authenticationRequired", "4000002500003155", "visa", Acts::AsksCustomer,
     "authentication_required", "authentication_required"},
    {"threeDSecure2Required", "4000000000003220", "visa", Acts::AsksCustomer,
     "authentication_required", "authentication_required"},
    {"threeDSecureRequired", "4000000000003063", "visa", Acts::AsksCustomer,
     "authentication_required", "authentication_required"},
    {"createDispute", "4000000000000259", "visa", Acts::GetsDisputed},
    {"createDisputeProductNotReceived", "4000000000002685", "visa", Acts::GetsDisputed},
    {"createDisputeInquiry", "4000000000001976", "visa", Acts::Inquires},
    {"refundFail", "4000000000005126", "visa", Acts::FailsRefunds},
    {"pendingRefund", "4000000000007726", "visa", Acts::DelaysRefunds},
    {"usBankAccount_success",
     "000123456789",
     "us_bank_account",
     Acts::TakesTime,
     {},
     {},
     "",
     "US",
     "us_bank_account"},
    {"usBankAccount_accountClosed", "000111111113", "us_bank_account", Acts::FailsLater,
     "account_closed", "", "", "US", "us_bank_account"},
    {"usBankAccount_noAccount", "000111111116", "us_bank_account", Acts::FailsLater, "no_account",
     "", "", "US", "us_bank_account"},
    {"usBankAccount_insufficientFunds", "000222222227", "us_bank_account", Acts::FailsLater,
     "insufficient_funds", "", "", "US", "us_bank_account"},
    {"usBankAccount_debitNotAuthorized", "000333333335", "us_bank_account", Acts::FailsLater,
     "debit_not_authorized", "", "", "US", "us_bank_account"},
    {"usBankAccount_processing",
     "000000000009",
     "us_bank_account",
     Acts::Hangs,
     {},
     {},
     "",
     "US",
     "us_bank_account"},
    {"sepaDebit",
     "AT611904300234573201",
     "sepa_debit",
     Acts::TakesTime,
     {},
     {},
     "",
     "AT",
     "sepa_debit"},
    {"sepaDebit_fails", "AT861904300235473202", "sepa_debit", Acts::FailsLater,
     "insufficient_funds", "", "", "AT", "sepa_debit"},
};

} // namespace

const TestCard *testCard(std::string_view what)
{
    std::string_view name = what;
    bool isBank = false;
    for (const std::string_view prefix : {"pm_card_", "tok_", "pm_"}) {
        if (!what.starts_with(prefix))
            continue;
        name = what.substr(prefix.size());
        isBank = prefix == "pm_";
        break;
    }
    const auto *found =
        std::find_if(std::begin(kCards), std::end(kCards), [&](const TestCard &card) {
            return (card.name == name && card.isCard() != isBank) || card.number == what;
        });
    return found == std::end(kCards) ? nullptr : found;
}

std::string declineMessage(const TestCard &card)
{
    if (card.waits())
        return "The bank refused the payment: " + std::string(card.code) + '.';
    if (card.code == "expired_card")
        return "Your card has expired.";
    if (card.code == "incorrect_cvc")
        return "Your card's security code is incorrect.";
    if (card.code == "processing_error")
        return "An error occurred while processing your card. Try again in a little bit.";
    if (card.code == "authentication_required")
        return "Your card was declined. This transaction requires authentication.";
    return card.decline == "insufficient_funds" ? "Your card has insufficient funds."
                                                : "Your card was declined.";
}

} // namespace tw::stripe
