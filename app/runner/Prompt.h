// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Secret.h"

#include <optional>
#include <string>

namespace tw::runner {

bool inputIsTerminal();

/// Asks on the terminal of the program without showing what is typed, even where standard input is
/// a pipe. Nothing when there is no terminal.
std::optional<Secret> askSecretly(const std::string &question);

/// The same with what is typed shown, on standard input and error.
std::optional<std::string> ask(const std::string &question);

/// Who sits here: TIDEWIRE_USER, SUDO_USER, or the account. For the audit log.
std::string userName();

/// The passphrase of a project, for KeyPlaces.
std::optional<Secret> askPassphrase();

} // namespace tw::runner
