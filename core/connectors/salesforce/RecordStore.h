// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Clock.h"
#include "core/connectors/salesforce/Describe.h"
#include "core/sandbox/Double.h"
#include "core/sandbox/RecordLog.h"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace tw::salesforce {

/// One record: `fields` are those that were ever written (canonical names, values as sent).
struct Record
{
    std::string object, id;
    DocumentPtr fields;
    Instant created, modified;
    int writes = 0; ///< By clients; 0 for what the double came with.
    std::int64_t number = 0;
    bool deleted = false;
};

/// The records of the Salesforce double, found by id or by an external id. Ids carry a sound check
/// suffix. With a data directory every write is on disk before it is answered. Thread of the
/// double.
class RecordStore
{
public:
    RecordStore(const DescribeSet &describes, Clock &clock);

    /// Reads what was kept, then adds the sample accounts that are not there.
    Result<void> open(const std::string &dataDir);

    const Record *byId(std::string_view id) const; ///< 15 or 18 characters.
    /// All records whose field has this value; external id and unique fields only.
    std::vector<const Record *> byField(const Describe &object, const FieldInfo &field,
                                        std::string_view value) const;
    /// Not deleted ones, in the order in which they came.
    std::vector<const Record *> all(std::string_view object) const;
    std::vector<sandbox::HeldRecord> written() const;

    const Record &create(const Describe &object, const Value &fields);
    const Record &update(const std::string &id, const Value &changes);
    void remove(const std::string &id);

private:
    Record &add(Record record);
    void index(const Record &record, bool isIn);
    void seed();
    void log(const Record &record);
    void load(const Value &line);

    const DescribeSet &m_describes;
    Clock &m_clock;
    std::vector<std::string> m_order;
    std::unordered_map<std::string, Record> m_records; ///< By the first 15 characters.
    std::unordered_map<std::string, std::vector<std::string>> m_index;
    std::map<std::string, std::int64_t> m_numbers;
    sandbox::RecordLog m_log;
};

} // namespace tw::salesforce
