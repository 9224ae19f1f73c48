// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/base/Result.h"
#include "core/base/Secret.h"
#include "core/data/Value.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace tw::stripe {

/// What a receiver knows when it judges a delivery.
struct SignatureCheck
{
    std::vector<Secret> secrets; ///< Any one may have signed: two while a secret is rolled.
    Instant now;
    std::chrono::seconds tolerance{300}; ///< Greatest age; 0 switches the age check off.
};

/// Judges `header` (Stripe-Signature) over the exact bytes of `body`, as Stripe's own libraries do:
/// HMAC-SHA256 of "<t>.<body>", any v1 that fits passes, other schemes are ignored, only age is
/// limited (docs.stripe.com/webhooks). Pure. Errors, all Rejected: `stripe.no_signature`,
/// `stripe.bad_header`, `stripe.bad_signature`, `stripe.stale_timestamp`; Config
/// `stripe.no_webhook_secret`.
Result<void> verifySignature(std::string_view header, std::string_view body,
                             const SignatureCheck &check);

/// verifySignature() and then the JSON of the body; further error `stripe.bad_body`.
Result<Document> readDelivery(std::string_view header, std::string_view body,
                              const SignatureCheck &check);

/// The Stripe-Signature header that Stripe would send with `body` at `at`.
std::string signDelivery(std::string_view body, const Secret &secret, Instant at);

/// The secrets of a connection. A text is taken apart at commas and white space only when every
/// part is a `whsec_` secret; anything else is one secret, byte for byte.
std::vector<Secret> splitSecrets(const Secret &text);

} // namespace tw::stripe
