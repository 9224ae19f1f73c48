// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace tw::stripe {

/// The version that the product was made for: the catalogue, the double, and what a connection asks for
/// unless it names another one (docs.stripe.com/api/versioning).
inline constexpr const char *kApiVersion = "2026-10-28.endive";

} // namespace tw::stripe
