// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/net/RawClient.h"

#include <QHostAddress>

namespace tw::test {

RawClient::RawClient(std::uint16_t port)
{
    QObject::connect(&m_socket, &QTcpSocket::readyRead, &m_socket,
                     [this] { m_heard += m_socket.readAll().toStdString(); });
    QObject::connect(&m_socket, &QTcpSocket::connected, &m_socket,
                     [this] { m_socket.setSocketOption(QAbstractSocket::LowDelayOption, 1); });
    m_socket.connectToHost(QHostAddress(QHostAddress::LocalHost), port);
}

void RawClient::send(const std::string &bytes)
{
    if (m_socket.state() == QAbstractSocket::ConnectedState) {
        m_socket.write(bytes.data(), static_cast<qint64>(bytes.size()));
        m_socket.flush();
    } else {
        QObject::connect(&m_socket, &QTcpSocket::connected, &m_socket, [this, bytes] {
            m_socket.write(bytes.data(), static_cast<qint64>(bytes.size()));
        });
    }
}

std::vector<RawClient::Answer> RawClient::answers(bool toHead) const
{
    std::vector<Answer> found;
    std::string_view rest = m_heard;
    for (;;) {
        const std::size_t end = rest.find("\r\n\r\n");
        if (end == std::string_view::npos)
            return found;
        Answer answer{0, std::string(rest.substr(0, end + 2)), {}};
        answer.status = std::stoi(answer.head.substr(9, 3));
        rest.remove_prefix(end + 4);
        const std::size_t field = answer.head.find("\r\nContent-Length: ");
        if (field != std::string::npos && !toHead) {
            const std::size_t length = std::stoul(answer.head.substr(field + 18));
            if (rest.size() < length)
                return found;
            answer.body = rest.substr(0, length);
            rest.remove_prefix(length);
        }
        found.push_back(std::move(answer));
    }
}

std::vector<int> RawClient::statuses() const
{
    std::vector<int> list;
    for (const Answer &answer : answers())
        list.push_back(answer.status);
    return list;
}

bool RawClient::isClosed() const
{
    return m_socket.state() == QAbstractSocket::UnconnectedState;
}

} // namespace tw::test
