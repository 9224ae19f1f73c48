// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/salesforce/RecordStore.h"
#include "core/connectors/salesforce/SalesforceErrors.h"

#include <variant>

namespace tw::salesforce {

/// What an org checks before it writes a record: names, rights, types, lengths, picklists, required
/// and unique fields, references. The describe files are the rules; nothing is repaired silently.
class RecordRules
{
public:
    /// Without a store what depends on other records - references, unique values - is taken on trust.
    RecordRules(const DescribeSet &describes, const RecordStore *store)
        : m_describes(describes), m_store(store)
    {}

    /// The fields to store (canonical names, references resolved), or why Salesforce refuses them.
    /// `existing` is null for a new record.
    std::variant<Value, Refusal> check(Arena &arena, const Describe &object, const Value &body,
                                       const Record *existing) const;
    /// All that it would be refused for, field by field.
    std::vector<Refusal> objections(const Describe &object, const Value &body,
                                    const Record *existing) const;

private:
    struct Outcome
    {
        const FieldInfo *field = nullptr;
        Value value;
        std::optional<Refusal> refusal;
    };

    Outcome checkMember(Arena &arena, const Describe &object, std::string_view name,
                        const Value &value) const;
    Outcome checkRelationship(Arena &arena, const FieldInfo &field, const Value &value) const;
    std::optional<Refusal> checkValue(const Describe &object, const FieldInfo &field,
                                      const Value &value) const;
    std::optional<Refusal> checkReference(const Describe &object, const FieldInfo &field,
                                          std::string_view id) const;
    std::optional<Refusal> checkWhole(const Describe &object, const Value &fields,
                                      const Record *existing) const;

    const DescribeSet &m_describes;
    const RecordStore *m_store;
};

} // namespace tw::salesforce
