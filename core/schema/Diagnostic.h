// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tw {

enum class Severity { Error, Warning, Info };

std::string_view toString(Severity severity);

/// One finding about a file: the same words in the desktop and on the command line.
/// `path` names the place in the document ("steps/charges/with/events"); `step` its step, if any.
struct Diagnostic
{
    Severity severity = Severity::Error;
    std::string code; ///< Stable: `flow.unknown_type`.
    std::string file;
    int line = 0; ///< From 1; 0 when the finding is about the whole file.
    int column = 0;
    std::string message; ///< What is wrong, in a sentence.
    std::string fix;     ///< What to do, in a sentence.
    std::string path;
    std::string step;
};

bool hasErrors(const std::vector<Diagnostic> &diagnostics);
/// "file:line:column: error: message (fix) [code]".
std::string toText(const Diagnostic &diagnostic);

} // namespace tw
