// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Value.h"

#include <QString>

namespace tw {

/// What an expression gives for a real message, in one line; or why it gives nothing.
struct ExpressionPreview
{
    QString text;
    bool failed = false;
};

/// Evaluates within the time of a key stroke: an expression that needs longer says so. `event` is
/// `$event`; both may be null, then only the text is checked.
ExpressionPreview previewExpression(const std::string &expression, const DocumentPtr &input,
                                    const DocumentPtr &event);

} // namespace tw
