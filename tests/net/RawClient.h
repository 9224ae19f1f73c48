// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTcpSocket>
#include <cstdint>
#include <string>
#include <vector>

namespace tw::test {

/// One plain connection that says exactly what it is told and remembers everything it hears.
class RawClient
{
public:
    struct Answer
    {
        int status = 0;
        std::string head;
        std::string body;
    };

    explicit RawClient(std::uint16_t port);

    void send(const std::string &bytes);
    /// Whole answers so far. Answers without Content-Length have no body.
    std::vector<Answer> answers(bool toHead = false) const;
    std::vector<int> statuses() const;
    bool isClosed() const;
    void abort() { m_socket.abort(); }
    std::string heard() const { return m_heard; }

private:
    QTcpSocket m_socket;
    std::string m_heard;
};

} // namespace tw::test
