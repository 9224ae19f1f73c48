// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/HttpServer.h"

#include <functional>
#include <map>
#include <string>

namespace tw {

/// The HTTP door of a runtime: one handler per path, and `/healthz`. Anything else is 404. It opens last, so that nothing answers before the inbox can store. Lives on the runtime's
/// thread.
class Receiver
{
public:
    Receiver();

    /// What no step gets to see: unknown paths, requests that are too large or no HTTP. Before open().
    void onRefused(std::function<void(const Error &)> told) { m_refused = std::move(told); }

    /// Config `runtime.path_taken` when the path has a handler.
    Result<void> add(const std::string &path, HttpHandler handler);
    void remove(const std::string &path);
    /// "127.0.0.1:8787"; port 0 takes a free one. Transient `net.listen`.
    Result<void> open(const std::string &address);
    void stopListening() { m_server.stopListening(); }
    std::string url() const { return m_server.url(); }
    /// What `/healthz` answers from now on; empty = all is well.
    void setTrouble(std::string sentence) { m_trouble = std::move(sentence); }

private:
    void handle(HttpRequest request, HttpReply reply);
    HttpResponse health() const;

    std::map<std::string, HttpHandler> m_handlers;
    std::function<void(const Error &)> m_refused;
    std::string m_trouble;
    HttpServer m_server;
};

} // namespace tw
