// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/facts/WebhookSignature.h"
#include "core/connectors/stripe/WebhookTrigger.h"

#include <cstdint>
#include <cstdlib>

namespace {

using namespace tw;
using namespace tw::stripe;

/// No input can hold a digest of this secret.
const Secret kSecret("whsec_no_input_can_sign_with_this");
const Instant kNow = Instant::fromSeconds(1'790'000'000);

} // namespace

/// The first line is the header, the rest the body. A foreign header never passes; our own in front
/// of it always does, and then only the body's JSON decides.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    const auto cut = std::min(text.find('\n'), text.size());
    const std::string header(text.substr(0, cut));
    const std::string body(text.substr(std::min(cut + 1, text.size())));
    const SignatureCheck check{{kSecret}, kNow};
    if (readDelivery(header, body, check))
        std::abort();

    const std::string own = signDelivery(body, kSecret, kNow);
    if (!verifySignature(own, body, check) || !verifySignature("v1=00,x," + own, body, check))
        std::abort();
    const auto read = readDelivery(own, body, check);
    if (!read && read.error().code != "stripe.bad_body")
        std::abort();
    if (!read && readEvent(body))
        std::abort();
    (void)splitSecrets(Secret(std::string(text)));
    return 0;
}
