// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/salesforce/RecordQuery.h"
#include "core/connectors/salesforce/RecordRules.h"
#include "core/net/HttpMessage.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tw::salesforce {

/// The data interface of the Salesforce double behind /services/data: versions, describe, create,
/// read, update, delete, upsert by external id, and queries of one object, in Salesforce's wire
/// form. The caller has checked the token. Thread of the double.
class SalesforceApi
{
public:
    static constexpr int kDailyCalls = 15'000;

    SalesforceApi(const DescribeSet &describes, RecordStore &store);

    /// `segments` behind /services/data, decoded each by itself: {"v61.0", "sobjects", …}.
    HttpResponse handle(const HttpRequest &request, const std::vector<std::string> &segments);
    static HttpResponse versions();
    /// Calls of the last 24 hours, by everybody, and how many an org has.
    void setDay(int used, int limit);
    void addLimitInfo(HttpResponse &answer) const;
    int dayUsed() const { return m_calls; }
    int dayLimit() const { return m_dayLimit; }
    /// The first record of the next collection is refused so; the others are written.
    void refuseNextRecord(Refusal refusal) { m_nextRefusal = std::move(refusal); }

private:
    struct Call
    {
        const HttpRequest &request;
        std::string version;
        int versionNumber;
        std::vector<std::string> path;
    };
    struct Cursor
    {
        QueryResult result;
        std::size_t at = 0;
    };

    HttpResponse route(const Call &call);
    HttpResponse sobjects(const Call &call, const Describe &object);
    HttpResponse create(const Call &call, const Describe &object);
    HttpResponse oneById(const Call &call, const Describe &object, const std::string &id);
    HttpResponse oneByKey(const Call &call, const Describe &object);
    HttpResponse upsert(const Call &call, const Describe &object, const FieldInfo &key,
                        const std::vector<const Record *> &matches);
    HttpResponse upsertMany(const Call &call);
    Value upsertOne(Arena &arena, const Describe &object, const FieldInfo &key, const Value &record,
                    bool twice);
    HttpResponse read(const Call &call, const Describe &object, const Record &record) const;
    HttpResponse query(const Call &call);
    HttpResponse page(const Call &call, Cursor cursor);
    HttpResponse globalDescribe() const;
    HttpResponse limits() const;

    const DescribeSet &m_describes;
    RecordStore &m_store;
    RecordRules m_rules;
    std::map<std::string, Cursor> m_cursors;
    std::optional<Refusal> m_nextRefusal;
    int m_calls = 0;
    int m_dayLimit = kDailyCalls;
    int m_nextCursor = 0;
};

/// Salesforce's error body: an array of refusals.
HttpResponse refuse(int status, const Refusal &refusal);
HttpResponse notFound();

} // namespace tw::salesforce
