// SPDX-License-Identifier: GPL-3.0-or-later
// The part of RecordUpsert that writes many records with one call: sObject Collections, upsert by
// external id. Salesforce answers 200 with one result per record, in order.
#include "core/connectors/salesforce/RecordUpsert.h"

#include "core/connectors/salesforce/Describe.h"
#include "core/connectors/salesforce/SalesforceConnection.h"
#include "core/connectors/salesforce/SalesforceErrors.h"
#include "core/data/Json.h"
#include "core/base/Encoding.h"

namespace tw::salesforce {

namespace {

constexpr std::size_t kMostRecords = 200;

/// Another record of the call may be what Salesforce does not like.
bool refusesTheWhole(const HttpAnswer &answer)
{
    return answer.status >= 400 && answer.status < 500 && answer.status != 401
        && answer.status != 403 && answer.status != 429;
}

} // namespace

std::size_t RecordUpsert::batchLimit() const
{
    return m_updateOnly || isById() ? 1 : kMostRecords; // Collections cannot be told to create nothing.
}

std::string RecordUpsert::batchKey(const StepCall &call) const
{
    if (!call.input->root().isObject())
        return {};
    auto key = keyOf(call.input->root());
    // Salesforce finds records whatever the case of an external id; ids differ by it.
    return !key ? std::string() : isById() ? *key : lowerCase(*key);
}

void RecordUpsert::processBatch(const std::vector<StepCall> &calls, std::vector<StepReply> replies)
{
    auto members = std::make_shared<Members>();
    for (std::size_t at = 0; at < calls.size(); ++at) {
        const Value &record = calls[at].input->root();
        auto key = record.isObject() ? keyOf(record) : Result<std::string>(Error{});
        if (!key)
            process(calls[at], std::move(replies[at])); // Refused without a call.
        else
            members->push_back({calls[at], std::move(*key), std::move(replies[at])});
    }
    if (members->empty())
        return;
    SalesforceConnection::Call request;
    request.method = "PATCH";
    request.path = "/composite/sobjects/" + encodePathSegment(m_object) + '/'
        + encodePathSegment(m_externalId);
    request.headers.set("Sforce-Call-Options", "client=" + m_client);
    request.body = bodyOf(*members);
    m_connection->send(std::move(request), this, [this, members](Result<HttpAnswer> answer) {
        allAnswered(*members, std::move(answer));
    });
}

std::string RecordUpsert::bodyOf(const Members &members) const
{
    std::string type = "{\"attributes\":{\"type\":";
    appendJsonString(type, m_object);
    type += '}';
    std::string body = "{\"allOrNone\":false,\"records\":[";
    for (const Member &member : members) {
        const std::string fields = bodyOf(member.call.input->root());
        body += body.back() == '[' ? "" : ",";
        body += type + ',';
        appendJsonString(body, m_externalId);
        body += ':';
        appendJsonString(body, member.key);
        body += fields.size() > 2 ? "," + fields.substr(1) : "}";
    }
    return body + "]}";
}

void RecordUpsert::allAnswered(Members &members, Result<HttpAnswer> answer)
{
    const auto parsed = answer ? parseJson(answer->body) : Result<Document>(Error{});
    const Value results = parsed ? parsed->root() : Value();
    if (answer && answer->status == 200 && results.isArray() && results.size() == members.size()) {
        for (std::size_t at = 0; at < members.size(); ++at)
            memberAnswered(members[at], results.items()[at]);
        return;
    }
    if (answer && refusesTheWhole(*answer)) {
        for (Member &member : members)
            member.reply.alone();
        return;
    }
    Error error = !answer ? std::move(answer).error()
                          : toError(answer->status, answer->body,
                                    answer->headers.value("Retry-After"),
                                    m_connection->attempt("write", m_object));
    if (answer && answer->status / 100 == 2) {
        error = transientError("salesforce.bad_answer",
                               "Salesforce did not say what became of each record.");
        error.outcomeUnknown = true;
    }
    if (error.outcomeUnknown)
        error.kind = ErrorKind::Transient;
    for (Member &member : members)
        member.reply.fail(error);
}

void RecordUpsert::memberAnswered(Member &member, const Value &result) const
{
    const Value success = result.get("success");
    if (success.isBool() && success.asBool()) {
        const Value created = result.get("created");
        const bool isNew = created.isBool() && created.asBool();
        return member.reply.emit("out", written(member.call.input, member.key, result.get("id"), isNew),
                                 isNew ? "record created" : "record updated");
    }
    member.reply.fail(toError(400, toJson(result.get("errors")), {},
                              {"write", m_object, m_connection->address()}));
}

} // namespace tw::salesforce
