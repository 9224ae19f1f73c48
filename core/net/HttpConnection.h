// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/HttpReply.h"
#include "core/net/HttpRequestParser.h"

#include <QObject>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

class QTcpSocket;

namespace tw {

/// One client of HttpServer: reads a request, waits for its answer, then reads the next one, so
/// that pipelined requests are answered in order and a slow answer stops the client's sending.
///
/// Lives on the server's thread, owns its socket, deletes itself when the connection ends. The
/// server calls checkTimeouts() now and then instead of a timer per connection.
class HttpConnection final : public QObject
{
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    using Refused = std::function<void(int status, std::string_view why)>;

    /// `limits`, `handler` and `refused` (who wants to know of refusals; may be empty) must outlive the
    /// connection.
    HttpConnection(std::unique_ptr<QTcpSocket> socket, const HttpLimits &limits,
                   const HttpHandler &handler, const Refused &refused, QObject *parent);
    ~HttpConnection() override;

    void start();
    void refuse(int status, std::string_view why); ///< Answers with the reason and closes.
    void checkTimeouts(TimePoint now);
    void drop();           ///< At once.
    void finishAndClose(); ///< Closes at once, or after the answer that is still owed.

private:
    enum class State {
        Reading,
        Waiting,  ///< The handler has the request.
        Draining, ///< The last answer is written; reading on so that the client gets to see it.
        Closed,
    };

    void pump();
    bool readSome();
    void dispatch();
    void finish(std::uint64_t serial, HttpResponse response);
    void write(const HttpResponse &response, bool headOnly, bool keepAlive);
    void flush(std::string_view bytes);
    void startDraining();
    void discardInput();
    void closeWritingSide();
    void checkReading(TimePoint now);

    std::unique_ptr<QTcpSocket> m_socket;
    const HttpLimits &m_limits;
    const HttpHandler &m_handler;
    const Refused &m_refused;
    HttpRequestParser m_parser;
    std::string m_peer;
    std::string m_out;
    State m_state = State::Reading;
    std::uint64_t m_serial = 0; ///< Of the request being answered: a late reply cannot hit another.
    bool m_isPlain = true;
    bool m_headOnly = false;
    bool m_keepAlive = false;
    bool m_http11 = true;
    bool m_inPump = false;
    bool m_isFirst = true;
    bool m_writingSideClosed = false;
    TimePoint m_since; ///< Start of idling, of the request or of draining.
    TimePoint m_writeProgress;
    qint64 m_unwritten = 0;
};

} // namespace tw
