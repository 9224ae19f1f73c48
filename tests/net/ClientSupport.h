// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/HttpClient.h"

#include <QHostAddress>
#include <QTcpServer>
#include <QTcpSocket>
#include <string>
#include <vector>

namespace tw::test {

inline HttpClientOptions noProxy()
{
    HttpClientOptions options;
    options.proxy = "";
    return options;
}

/// Where the answers of a test arrive.
class Inbox : public QObject
{
public:
    HttpClient::Callback slot()
    {
        return [this](Result<HttpAnswer> result) { results.push_back(std::move(result)); };
    }
    const HttpAnswer &answer(std::size_t index = 0) const { return results.at(index).value(); }
    const Error &error(std::size_t index = 0) const { return results.at(index).error(); }

    std::vector<Result<HttpAnswer>> results;
};

inline HttpCall callTo(const std::string &url, std::string method = "GET", std::string body = {})
{
    HttpCall call;
    call.method = std::move(method);
    call.url = url;
    call.body = std::move(body);
    return call;
}

/// Says `script` to each connection once it has read something, then closes it.
class ScriptedServer : public QTcpServer
{
public:
    explicit ScriptedServer(QByteArray script, bool closes = true)
    {
        listen(QHostAddress(QHostAddress::LocalHost));
        connect(this, &QTcpServer::newConnection, this, [this, script, closes] {
            QTcpSocket *socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [this, socket, script, closes] {
                heard += socket->readAll();
                ++reads;
                socket->write(script);
                if (closes)
                    socket->disconnectFromHost();
            });
        });
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(serverPort()); }

    QByteArray heard;
    int reads = 0;
};

} // namespace tw::test
