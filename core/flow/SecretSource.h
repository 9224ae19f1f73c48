// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Secret.h"

#include <map>
#include <optional>
#include <string>

namespace tw {

/// Where `${secret:<connection>/<field>}` finds its value. Implementations are asked while a
/// runtime starts, on its thread.
class SecretSource
{
public:
    virtual ~SecretSource() = default;
    virtual std::optional<Secret> find(const std::string &connection,
                                       const std::string &field) const = 0;
    /// How a person would supply it: "Set TIDEWIRE_SECRET_CRM_CLIENT_SECRET."
    virtual std::string hint(const std::string &connection, const std::string &field) const = 0;
    /// Where find() looked, and what kept it from looking: "the variable TIDEWIRE_SECRET_A_B".
    virtual std::string place(const std::string &, const std::string &) const { return {}; }
};

/// Environment variables `TIDEWIRE_SECRET_<CONNECTION>_<FIELD>`: upper case, other characters `_`.
class EnvironmentSecrets final : public SecretSource
{
public:
    std::optional<Secret> find(const std::string &connection,
                               const std::string &field) const override;
    std::string hint(const std::string &connection, const std::string &field) const override;
    std::string place(const std::string &connection, const std::string &field) const override;
    static std::string variableName(const std::string &connection, const std::string &field);
};

} // namespace tw
