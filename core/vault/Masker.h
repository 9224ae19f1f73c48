// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Redactor.h"
#include "core/data/Value.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tw {

/// What a field says about a person. Decides what is shown of it: a***@example.com, +***71, A***.
enum class PersonalTag { Email, Phone, Name, Address, Card, Other };

/// `privacy:` of tidewire.yaml. An entry is the name of a field, wherever it stands, or the end of
/// a path ("customer.id"); lists do not count as a step. The longer entry wins, then `mask`.
struct PrivacyRules
{
    std::vector<std::string> mask;
    std::vector<std::string> keep;
};

/// Makes documents fit to be shown: logs, exports, reports. Masks fields by what their names mean
/// in Stripe, Salesforce and the project; masks what looks like personal data or a secret in all
/// other texts; takes card numbers out everywhere, also where `keep` says to keep.
///
/// Immutable after construction; any thread.
class Masker
{
public:
    explicit Masker(const PrivacyRules &rules = {});

    /// The masked copy; texts that stay as they are still point into `value`.
    Value masked(Arena &arena, const Value &value) const;
    std::string maskedJson(const Value &value) const;

private:
    struct Walk;
    struct Rule
    {
        std::vector<std::string> path;
        bool keep = false;
    };

    const Rule *ruleFor(const std::vector<std::string_view> &path) const;

    std::unordered_multimap<std::string, Rule> m_rules; ///< By the last name of the path.
    Redactor m_redactor;
};

/// Masks once; for many documents keep a Masker.
std::string maskedJson(const Value &value, const PrivacyRules &rules = {});

/// What a field of this name holds inside of `parent`, by the lists of Stripe's and Salesforce's
/// objects; nothing for fields that are not personal.
std::optional<PersonalTag> personalTag(std::string_view parent, std::string_view name);

} // namespace tw
