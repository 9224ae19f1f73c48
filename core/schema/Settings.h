// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/base/Secret.h"
#include "core/data/Yaml.h"
#include "core/schema/Diagnostic.h"
#include "core/schema/Param.h"

#include <chrono>
#include <map>
#include <memory>

namespace tw {

/// Checked settings of one step or connection: typed, defaults filled in, secrets apart.
///
/// Made by readSettings(); asking for a setting that is not declared is a caller's bug and gives
/// the empty value. Owns its memory; copying shares it (it never changes).
class Settings
{
public:
    Settings() = default;
    Settings(DocumentPtr values, std::map<std::string, Secret> secrets = {});

    Value value(std::string_view id) const; ///< Undefined where absent and without a default.
    std::string text(std::string_view id) const;
    bool flag(std::string_view id) const;
    std::int64_t integer(std::string_view id) const;
    double number(std::string_view id) const;
    std::chrono::milliseconds duration(std::string_view id) const;
    std::vector<std::string> list(std::string_view id) const;
    const Secret &secret(std::string_view id) const; ///< Empty where absent.
    const std::map<std::string, Secret> &secrets() const { return m_secrets; }
    bool has(std::string_view id) const;
    const Value &root() const;
    void setSecret(std::string id, Secret value);

private:
    DocumentPtr m_values;
    std::map<std::string, Secret> m_secrets;
};

/// Checks a YAML map against the declared parameters: unknown keys with a suggestion, missing
/// required ones, wrong types, bounds, patterns, choices, literals that look like secrets. Findings
/// get file, line, column and the setting as `path`, and are appended; the settings hold what was
/// right, so that the desktop can go on. `owner` names the step in messages ("the step
/// \"charges\""). A Secret parameter must be a reference (see SecretRef.h); its text stays the
/// reference.
Settings readSettings(const std::vector<Param> &params, const YamlNode *node,
                      const std::string &file, const TextPosition &ownerAt,
                      const std::string &owner, std::vector<Diagnostic> &findings);

/// "30d", "12h", "5m", "30s", "500ms"; error `schema.bad_duration`.
Result<std::chrono::milliseconds> parseDuration(std::string_view text);
std::string durationText(std::chrono::milliseconds span);

/// True for texts that look like keys of known services or long random tokens.
bool looksLikeSecret(std::string_view text);

} // namespace tw
