// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/net/HttpLimits.h"
#include "core/net/HttpReply.h"

#include <QObject>
#include <QTimer>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

class QSslConfiguration;
class QTcpSocket;

namespace tw {

class HttpConnection;

/// HTTP/1.1 server for webhooks and doubles: strict about what it reads, with limits and time-outs
/// for everything a client can make it hold.
///
/// Lives on the event loop of its thread; the handler is called there, once per request, and must
/// not destroy the server. Destroying the server drops its connections; replies that are still
/// held stay safe to use.
class HttpServer final : public QObject
{
public:
    explicit HttpServer(HttpLimits limits = {}, QObject *parent = nullptr);
    ~HttpServer() override;

    void setHandler(HttpHandler handler);                ///< Before listen().
    /// What is refused before the handler sees it: too large, no HTTP, too slow, too many connections.
    /// Before listen().
    void onRefused(std::function<void(int status, std::string_view why)> told);
    void setTls(const QSslConfiguration &configuration); ///< Before listen(); else plain HTTP.

    /// Port 0 takes any free one. Fails with Config net.listen: bad address, or the port is in use.
    Result<void> listen(std::string_view address, std::uint16_t port);
    void stopListening(); ///< No new connections; requests in flight are still answered.
    void close();         ///< stopListening() and drop all connections.

    bool isListening() const;
    std::uint16_t port() const;
    std::string url() const; ///< "http://127.0.0.1:8080", without a slash at the end.
    std::size_t connectionCount() const { return m_connections.size(); }

private:
    class Listener;

    void accept(std::unique_ptr<QTcpSocket> socket);
    void sweep();

    HttpLimits m_limits;
    HttpHandler m_handler;
    std::function<void(int, std::string_view)> m_refused;
    std::unique_ptr<QSslConfiguration> m_tls;
    std::unique_ptr<Listener> m_listener;
    std::unordered_set<HttpConnection *> m_connections;
    QTimer m_sweep;
};

} // namespace tw
