// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace tw {

/// What passes between SystemKeychain and the module that links QtKeychain. Both are built
/// together.
struct KeychainCall
{
    enum class Action { Find, Store, Remove };
    enum class Outcome { Done, NotThere, Failed };

    Action action = Action::Find;
    std::string name;
    std::string value; ///< In for Store, out for Find.
    std::string problem;
    Outcome outcome = Outcome::Failed;
};

inline constexpr char kKeychainEntry[] = "tidewireKeychain"; ///< void (*)(KeychainCall *)

} // namespace tw
