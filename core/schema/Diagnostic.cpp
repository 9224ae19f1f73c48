// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/schema/Diagnostic.h"

#include <algorithm>

namespace tw {

std::string_view toString(Severity severity)
{
    switch (severity) {
    case Severity::Error:
        return "error";
    case Severity::Warning:
        return "warning";
    case Severity::Info:
        break;
    }
    return "info";
}

bool hasErrors(const std::vector<Diagnostic> &diagnostics)
{
    return std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic &diagnostic) {
        return diagnostic.severity == Severity::Error;
    });
}

std::string toText(const Diagnostic &diagnostic)
{
    std::string text = diagnostic.file;
    if (diagnostic.line > 0) {
        text += ':' + std::to_string(diagnostic.line) + ':' + std::to_string(diagnostic.column);
    }
    if (!text.empty())
        text += ": ";
    text += std::string(toString(diagnostic.severity)) + ": " + diagnostic.message;
    if (!diagnostic.fix.empty())
        text += " (" + diagnostic.fix + ')';
    return text + " [" + diagnostic.code + ']';
}

} // namespace tw
