// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace tw::stripe {

/// What a person does about an error code or a decline code of Stripe's; empty: nothing is known
/// that its own message does not say.
std::string_view adviceForCode(std::string_view code, std::string_view declineCode);

} // namespace tw::stripe
