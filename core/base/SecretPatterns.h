// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/PersonalData.h"

namespace tw {

/// What looks like a secret and begins at `at`: keys of Stripe (sk_, rk_, ek_, whsec_), bearer and
/// basic credentials, JSON Web Tokens, sessions of Salesforce, private keys in PEM.
std::optional<Masked> secretAt(std::string_view text, std::size_t at);

/// Beginnings of which each such secret has one, for a scan ahead. Those that need another sign are
/// told by the bytes J (tokens), ! (sessions).
inline constexpr std::string_view kSecretBeginnings[] = {
    "sk_live_", "sk_test_", "sk_org_", "rk_live_", "rk_test_", "rk_org_",
    "ek_live_", "ek_test_", "Bearer ", "bearer ",  "BEARER ",  "-----BEGIN"};
inline constexpr std::string_view kShortSecretBeginnings[] = {"whsec_", "Basic ", "basic "};

} // namespace tw
