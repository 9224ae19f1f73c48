// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/sandbox/JsonMaker.h"

namespace tw::stripe {

/// Metadata as Stripe merges it: a key with an empty text goes, an empty text for all clears all.
Value mergedMetadata(const sandbox::JsonMaker &json, const Value &before, const Value &change);

/// A parameter as a field: an empty text is null.
inline Value orNull(const Value &text)
{
    return text.isUndefined() || (text.isString() && text.size() == 0) ? Value::null() : text;
}

} // namespace tw::stripe
