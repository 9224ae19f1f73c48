// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/Descriptor.h"
#include "core/connectors/http/SignedText.h"
#include "core/expr/Expression.h"
#include "core/net/HttpReply.h"

#include <chrono>
#include <optional>

namespace tw::http {

class ServiceConnection;

/// Receives webhooks of any sender: JSON bodies, signed by HMAC, with a token in a header, or open.
/// The proof is judged on the raw bytes before anything reads them; 2xx is answered only after the
/// host has the event on disk; what could not be stored gets 503. Lives on the engine's thread.
class HttpWebhook final : public Trigger
{
public:
    static NodeDescriptor descriptor();
    static Result<std::unique_ptr<Trigger>> create(NodeContext context);

    Result<void> start(TriggerHost &host) override;

private:
    enum class Proof { None, Token, Signature };
    struct Check
    {
        Proof proof = Proof::None;
        std::string header;
        NamedTemplate headerForm; ///< Of {signature}, {timestamp}, {id}.
        SignatureScheme scheme;
        std::string timestampHeader;
        std::string idHeader;
        std::chrono::seconds tolerance{0};
    };
    struct Words
    {
        std::optional<Expression> id;
        std::optional<Expression> type;
    };

    HttpWebhook(const NodeContext &context, std::shared_ptr<const ServiceConnection> connection,
                Check check, Words words);
    static Result<Check> checkFrom(const Settings &settings);
    static Result<Words> wordsFrom(const Settings &settings);

    void receive(const HttpRequest &request, HttpReply reply);
    Result<void> verify(const HttpRequest &request) const;
    Result<void> verifySignature(const HttpRequest &request) const;
    Result<void> verifyAge(const std::string &timestamp) const;
    Result<IncomingEvent> read(const HttpRequest &request) const;

    Clock &m_clock;
    std::shared_ptr<const ServiceConnection> m_connection;
    Check m_check;
    Words m_words;
    std::string m_path;
    std::string m_method;
    TriggerHost *m_host = nullptr;
};

} // namespace tw::http
