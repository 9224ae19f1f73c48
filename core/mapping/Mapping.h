// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/data/Value.h"
#include "core/expr/Expression.h"
#include "core/schema/Settings.h"
#include "core/schema/Shape.h"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tw {

/// What a field gets when its expression gives nothing.
enum class IfMissing {
    AsIs,    ///< Not said: no value leaves the field out, null stays null.
    Leave,   ///< No value and null both leave the field out: the other side keeps what it has.
    Clear,   ///< Both become null: the other side empties the field.
    Default, ///< Both become `fallback`.
    Fail     ///< Both fail the record with the field's name.
};

/// What a field gets when its expression gives a list; one-element results of JSONata collapse, so
/// a list that must stay one says so.
enum class ListPolicy {
    AsIs,
    Always, ///< Nothing gives [], one value gives a list of one.
    First,  ///< The first item; nothing when empty.
    Last,
    Join, ///< Items as one text with `separator` between them.
    One   ///< Fails when there is more than one.
};

/// One row of a mapping: a target field and what fills it.
struct MappingField
{
    /// As the other system calls it; dots go into groups: "metadata.order". A dot that belongs to
    /// a name has a backslash before it: "price\.eur" (see core/schema/MappingForm.h).
    std::string target;
    std::string expression; ///< JSONata text.
    IfMissing ifMissing = IfMissing::AsIs;
    DocumentPtr fallback; ///< For IfMissing::Default.
    ListPolicy list = ListPolicy::AsIs;
    std::string separator = "; ";
    std::string note; ///< For people; never sent.
};

/// A mapping as it stands in a flow: target fields in order, from the setting `mapping`:
///
///     Amount__c: $toMajor(amount, currency)            an expression alone
///     Fee__c: {value: fee / 100, if_missing: default, default: 0}
///
/// A plain value.
struct Mapping
{
    std::vector<MappingField> fields;

    /// From checked settings. Error: Config `map.…`, `where` names the field.
    static Result<Mapping> fromSettings(const Value &mapping);
    /// The mapping of a step with the settings `mapping` and `if_missing`, which holds for the
    /// fields that do not say their own. Errors as above.
    static Result<Mapping> fromStep(const Settings &settings);
    /// The word of a step's `if_missing` that leaves fields as they are written.
    static constexpr std::string_view kAsWritten = "as_written";

    /// The shortest setting that reads back as this field: a string, or a group.
    static Document toSetting(const MappingField &field);
};

} // namespace tw
