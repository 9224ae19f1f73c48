// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"

#include <QObject>

#include <memory>
#include <string>

namespace tw {
struct HttpAnswer;
}

namespace tw::salesforce {

class SalesforceConnection;

/// Writes one record by its external id: creates it, or changes the one that has the key. Repeating
/// it changes nothing, so it may be tried again after an unknown outcome. One object serves all
/// items, on the engine's thread; its answers die with it.
class RecordUpsert final : public QObject, public Step
{
public:
    static NodeDescriptor descriptor();
    static Result<std::unique_ptr<Step>> create(NodeContext context);

    void process(const StepCall &call, StepReply reply) override;
    std::vector<Error> objections(const StepCall &call) const override;
    std::size_t batchLimit() const override;
    std::string batchKey(const StepCall &call) const override;
    /// One call for up to 200 records (collections), with an outcome for each.
    void processBatch(const std::vector<StepCall> &calls, std::vector<StepReply> replies) override;

private:
    struct Member
    {
        StepCall call;
        std::string key;
        StepReply reply;
    };
    using Members = std::vector<Member>;

    RecordUpsert(NodeContext context, std::shared_ptr<SalesforceConnection> connection);

    bool isById() const; ///< Told apart by the record's own id, which creates nothing.
    Result<std::string> keyOf(const Value &record) const;
    std::string bodyOf(const Value &record) const;
    std::string bodyOf(const Members &members) const;
    void answered(const DocumentPtr &input, const std::string &key, StepReply &reply,
                  Result<HttpAnswer> answer) const;
    void allAnswered(Members &members, Result<HttpAnswer> answer);
    void memberAnswered(Member &member, const Value &result) const;
    DocumentPtr written(const DocumentPtr &input, const std::string &key, const Value &id,
                        bool created) const;
    Result<DocumentPtr> resultOf(const DocumentPtr &input, const std::string &key,
                                 const HttpAnswer &answer) const;
    Error severalMatches(const std::string &key, const HttpAnswer &answer) const;

    std::shared_ptr<SalesforceConnection> m_connection;
    std::string m_client; ///< Comes back in change events as the origin.
    std::string m_object;
    std::string m_externalId;
    std::string m_valueField;
    bool m_updateOnly = false;
};

} // namespace tw::salesforce
