// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/HttpMessage.h"

#include <functional>

namespace tw {

/// The right and duty to answer one request, now or later, from the server's thread.
///
/// Answers once: further calls of send() are a caller's bug. A reply that dies unanswered sends
/// 500. When the connection or the server is gone by then, the answer goes nowhere and nothing
/// breaks.
class HttpReply
{
public:
    using Sink = std::function<void(HttpResponse)>;

    explicit HttpReply(Sink sink) : m_sink(std::move(sink)) {}
    HttpReply(HttpReply &&other) noexcept;
    HttpReply &operator=(HttpReply &&other) noexcept;
    HttpReply(const HttpReply &) = delete;
    HttpReply &operator=(const HttpReply &) = delete;
    ~HttpReply();

    void send(HttpResponse response);
    bool isPending() const { return static_cast<bool>(m_sink); }

private:
    void giveUp() noexcept;
    Sink m_sink;
};

using HttpHandler = std::function<void(HttpRequest, HttpReply)>;

} // namespace tw
