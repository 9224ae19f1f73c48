// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/HttpServer.h"

#include "core/base/Log.h"
#include "core/base/Text.h"
#include "core/net/HttpConnection.h"

#include <QHostAddress>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QTcpServer>
#include <algorithm>
#include <vector>

namespace tw {

namespace {

constexpr int kBacklog = 512;

/// Often enough that no time-out is late by more than a quarter, at most once a second.
std::chrono::milliseconds sweepInterval(const HttpLimits &limits)
{
    const auto shortest = std::min({limits.headTimeout, limits.requestTimeout, limits.idleTimeout,
                                    limits.writeTimeout, limits.lingerTimeout});
    return std::clamp(shortest / 4, std::chrono::milliseconds(5), std::chrono::milliseconds(1000));
}

} // namespace

class HttpServer::Listener final : public QTcpServer
{
public:
    explicit Listener(HttpServer &server) : m_server(server) { setListenBacklogSize(kBacklog); }

private:
    void incomingConnection(qintptr descriptor) override
    {
        std::unique_ptr<QTcpSocket> socket;
        if (m_server.m_tls) {
            auto tls = std::make_unique<QSslSocket>();
            tls->setSslConfiguration(*m_server.m_tls);
            socket = std::move(tls);
        } else {
            socket = std::make_unique<QTcpSocket>();
        }
        if (!socket->setSocketDescriptor(descriptor))
            return;
        if (auto *tls = qobject_cast<QSslSocket *>(socket.get()))
            tls->startServerEncryption();
        m_server.accept(std::move(socket));
    }

    HttpServer &m_server;
};

HttpServer::HttpServer(HttpLimits limits, QObject *parent)
    : QObject(parent), m_limits(limits), m_listener(std::make_unique<Listener>(*this))
{
    m_sweep.setInterval(sweepInterval(m_limits));
    connect(&m_sweep, &QTimer::timeout, this, [this] { sweep(); });
}

HttpServer::~HttpServer()
{
    m_listener.reset();
    for (HttpConnection *connection : std::exchange(m_connections, {})) {
        connection->disconnect(this);
        delete connection;
    }
}

void HttpServer::setHandler(HttpHandler handler)
{
    m_handler = std::move(handler);
}

void HttpServer::onRefused(std::function<void(int, std::string_view)> told)
{
    m_refused = std::move(told);
}

void HttpServer::setTls(const QSslConfiguration &configuration)
{
    m_tls = std::make_unique<QSslConfiguration>(configuration);
}

Result<void> HttpServer::listen(std::string_view address, std::uint16_t port)
{
    QHostAddress host;
    if (!host.setAddress(toQString(address))) {
        return configError("net.listen", "\"" + std::string(address) +
                                             "\" is not an IP address to listen on. Use "
                                             "127.0.0.1 or 0.0.0.0.");
    }
    if (!m_listener->listen(host, port)) {
        return configError("net.listen",
                           "Cannot listen on " + std::string(address) + ":" + std::to_string(port) +
                               ": " + toUtf8(m_listener->errorString()) +
                               ". Choose another port or stop the program that uses it.");
    }
    return {};
}

void HttpServer::stopListening()
{
    m_listener->close();
    for (HttpConnection *connection : std::vector(m_connections.begin(), m_connections.end()))
        connection->finishAndClose();
}

void HttpServer::close()
{
    m_listener->close();
    for (HttpConnection *connection : std::exchange(m_connections, {})) {
        connection->disconnect(this);
        connection->drop();
    }
    m_sweep.stop();
}

bool HttpServer::isListening() const
{
    return m_listener->isListening();
}

std::uint16_t HttpServer::port() const
{
    return m_listener->serverPort();
}

std::string HttpServer::url() const
{
    const QHostAddress address = m_listener->serverAddress();
    std::string host = toUtf8(address.toString());
    if (address.protocol() != QAbstractSocket::IPv4Protocol)
        host = "[" + host + "]";
    return (m_tls ? "https://" : "http://") + host + ":" + std::to_string(port());
}

void HttpServer::accept(std::unique_ptr<QTcpSocket> socket)
{
    const bool isFull = m_connections.size() >= m_limits.connections;
    // Refused clients are held for the time of their 503 as well: that, too, has an end.
    if (m_connections.size() >= m_limits.connections + kBacklog)
        return;
    auto *connection = new HttpConnection(std::move(socket), m_limits, m_handler, m_refused, this);
    m_connections.insert(connection);
    connect(connection, &QObject::destroyed, this, [this, connection] {
        m_connections.erase(connection);
        if (m_connections.empty())
            m_sweep.stop();
    });
    if (!m_sweep.isActive())
        m_sweep.start();
    if (isFull) {
        qCWarning(log::net) << "refused a connection: all" << m_limits.connections << "are in use";
        connection->refuse(503, "all connections are in use");
    }
    connection->start();
}

void HttpServer::sweep()
{
    const auto now = std::chrono::steady_clock::now();
    for (HttpConnection *connection : m_connections)
        connection->checkTimeouts(now);
}

} // namespace tw
