// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/salesforce/RecordStore.h"
#include "core/connectors/salesforce/Soql.h"

#include <variant>
#include <vector>

namespace tw::salesforce {

/// A record as a GET answers it: every field of the describe, with attributes and system fields.
Value fullRecord(Arena &arena, const Describe &object, const Record &record,
                 const std::string &version);

struct QueryResult
{
    std::vector<const Record *> records;
    std::vector<const FieldInfo *> fields;
    const Describe *object = nullptr;
    bool countOnly = false;
};

/// Runs a query over the store. Refuses unknown objects (INVALID_TYPE) and fields (INVALID_FIELD).
std::variant<QueryResult, Refusal> runQuery(const Soql &query, const DescribeSet &describes,
                                            const RecordStore &store);

/// The chosen fields of one record of a result.
Value queriedRecord(Arena &arena, const QueryResult &result, const Record &record,
                    const std::string &version);

} // namespace tw::salesforce
