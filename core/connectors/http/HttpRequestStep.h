// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"
#include "core/connector/PathTemplate.h"
#include "core/mapping/CompiledMapping.h"
#include "core/net/HttpMessage.h"

#include <QObject>
#include <chrono>
#include <optional>
#include <vector>

namespace tw {
struct HttpAnswer;
}

namespace tw::http {

class ServiceConnection;

/// Calls a web API once per message. Data reaches the request through one encoder per place: path
/// segments, query, header values, form or JSON body. Redirects are not followed. Every call that
/// changes something carries the engine's key as Idempotency-Key, unless that is switched off. Lives
/// on the engine's thread; its answers die with it.
class HttpRequestStep final : public QObject, public Step
{
public:
    static NodeDescriptor descriptor();
    static Result<std::unique_ptr<Step>> create(NodeContext context);

    void process(const StepCall &call, StepReply reply) override;

private:
    enum class Body { Message, Expression, Form, None };
    struct Parts
    {
        PathTemplate path;
        CompiledMapping query;
        CompiledMapping headers;
        std::optional<Expression> body;
    };

    HttpRequestStep(const NodeContext &context, std::shared_ptr<ServiceConnection> connection,
                    Parts parts);

    Result<void> addQuery(const StepCall &call, std::string &url) const;
    Result<void> addHeaders(const StepCall &call, HttpHeaders &headers) const;
    Result<std::string> bodyOf(const StepCall &call) const;
    bool isRead() const { return m_method == "GET" || m_method == "HEAD"; }
    bool isSuccess(int status) const;
    void answered(StepReply &reply, const HttpAnswer &answer) const;

    Clock &m_clock;
    std::shared_ptr<ServiceConnection> m_connection;
    Parts m_parts;
    std::string m_method;
    Body m_body = Body::Message;
    std::vector<int> m_alsoFine;
    std::chrono::milliseconds m_timeout;
    bool m_sendKey = true;
};

} // namespace tw::http
