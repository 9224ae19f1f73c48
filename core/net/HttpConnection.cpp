// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/HttpConnection.h"

#include "core/base/Clock.h"
#include "core/base/Log.h"
#include "core/base/Text.h"

#include <QHostAddress>
#include <QPointer>
#include <QSslSocket>
#include <QTcpSocket>
#include <array>
#include <cstdio>
#include <ctime>

#include <sys/socket.h>

namespace tw {

namespace {

constexpr qint64 kReadBuffer = 64 * 1024;
constexpr int kRequestsPerTurn = 32; ///< Then others get their turn.

std::string httpDate(std::int64_t seconds)
{
    static constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t time = seconds;
    std::tm tm{};
    gmtime_r(&time, &tm);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s, %02d %s %d %02d:%02d:%02d GMT",
                  kDays.at(static_cast<std::size_t>(tm.tm_wday)), tm.tm_mday,
                  kMonths.at(static_cast<std::size_t>(tm.tm_mon)), tm.tm_year + 1900, tm.tm_hour,
                  tm.tm_min, tm.tm_sec);
    return text.data();
}

/// The text changes once a second, so it is made once a second.
const std::string &currentDate()
{
    thread_local std::int64_t second = -1;
    thread_local std::string text;
    const std::int64_t now = SystemClock().now().seconds();
    if (now != second) {
        second = now;
        text = httpDate(now);
    }
    return text;
}

bool isFramingField(std::string_view name)
{
    return equalsIgnoringCase(name, "content-length") || equalsIgnoringCase(name, "connection") ||
           equalsIgnoringCase(name, "transfer-encoding") || equalsIgnoringCase(name, "date");
}

bool isValid(const HttpResponse &response)
{
    if (response.status < 200 || response.status > 999)
        return false;
    for (const auto &[name, value] : response.headers) {
        if (!isHttpToken(name) || !isHttpFieldValue(value))
            return false;
    }
    return true;
}

} // namespace

HttpConnection::HttpConnection(std::unique_ptr<QTcpSocket> socket, const HttpLimits &limits,
                               const HttpHandler &handler, const Refused &refused,
                               QObject *parent)
    : QObject(parent),
      m_socket(std::move(socket)),
      m_limits(limits),
      m_handler(handler),
      m_refused(refused),
      m_parser(limits),
      m_since(std::chrono::steady_clock::now()),
      m_writeProgress(m_since)
{
    m_socket->setParent(nullptr);
    m_socket->setReadBufferSize(kReadBuffer);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_isPlain = qobject_cast<QSslSocket *>(m_socket.get()) == nullptr;
    m_peer = toUtf8(m_socket->peerAddress().toString());
}

HttpConnection::~HttpConnection()
{
    m_socket->disconnect(this);
}

void HttpConnection::start()
{
    connect(m_socket.get(), &QTcpSocket::readyRead, this, [this] { pump(); });
    connect(m_socket.get(), &QTcpSocket::disconnected, this, [this] { drop(); });
    pump();
}

void HttpConnection::pump()
{
    if (m_state == State::Draining)
        discardInput();
    if (m_inPump || m_state != State::Reading)
        return;
    m_inPump = true;
    const QPointer<HttpConnection> self(this);
    int handled = 0;
    while (self && m_state == State::Reading) {
        switch (m_parser.state()) {
        case HttpRequestParser::State::Done:
            if (++handled > kRequestsPerTurn) {
                QMetaObject::invokeMethod(
                    this, [this] { pump(); }, Qt::QueuedConnection);
                m_inPump = false;
                return;
            }
            dispatch();
            continue;
        case HttpRequestParser::State::Failed:
            qCDebug(log::net) << "refused a request:" << toQString(m_parser.errorReason());
            refuse(m_parser.errorStatus(), m_parser.errorReason());
            continue;
        default:
            break;
        }
        if (m_parser.wantsContinue())
            flush("HTTP/1.1 100 Continue\r\n\r\n");
        if (!readSome())
            break;
    }
    if (self)
        m_inPump = false;
}

bool HttpConnection::readSome()
{
    thread_local std::array<char, kReadBuffer> buffer;
    const qint64 count = m_socket->read(buffer.data(), kReadBuffer);
    if (count <= 0)
        return false;
    if (m_parser.state() == HttpRequestParser::State::Idle)
        m_since = std::chrono::steady_clock::now();
    m_parser.feed({buffer.data(), static_cast<std::size_t>(count)});
    return true;
}

void HttpConnection::dispatch()
{
    HttpRequest request = m_parser.take();
    request.peer = m_peer;
    m_isFirst = false;
    m_headOnly = request.method == "HEAD";
    m_keepAlive = request.keepAlive;
    m_http11 = request.http11;
    m_state = State::Waiting;
    const std::uint64_t serial = ++m_serial;
    HttpReply reply([self = QPointer<HttpConnection>(this), serial](HttpResponse response) {
        if (self)
            self->finish(serial, std::move(response));
    });
    if (m_handler)
        m_handler(std::move(request), std::move(reply));
}

void HttpConnection::finish(std::uint64_t serial, HttpResponse response)
{
    if (serial != m_serial || m_state != State::Waiting)
        return;
    if (!isValid(response)) {
        qCCritical(log::net) << "an answer had a status or header field that HTTP does not allow";
        response = {};
        response.status = 500;
    }
    const bool keepAlive = m_keepAlive && !response.close && !response.cutAfter;
    write(response, m_headOnly, keepAlive);
    if (m_state == State::Closed)
        return;
    if (!keepAlive) {
        startDraining();
        return;
    }
    m_state = State::Reading;
    m_since = std::chrono::steady_clock::now();
    m_parser.next();
    const bool hasMore =
        m_parser.state() != HttpRequestParser::State::Idle || m_socket->bytesAvailable() > 0;
    if (hasMore && !m_inPump)
        QMetaObject::invokeMethod(
            this, [this] { pump(); }, Qt::QueuedConnection);
}

void HttpConnection::write(const HttpResponse &response, bool headOnly, bool keepAlive)
{
    const bool hasBody = response.status != 204 && response.status != 304;
    m_out.assign("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
    m_out.append(reasonPhrase(response.status)).append("\r\nDate: ").append(currentDate());
    for (const auto &[name, value] : response.headers) {
        if (!isFramingField(name))
            m_out.append("\r\n").append(name).append(": ").append(value);
    }
    if (hasBody)
        m_out.append("\r\nContent-Length: ").append(std::to_string(response.body.size()));
    if (!keepAlive)
        m_out.append("\r\nConnection: close");
    else if (!m_http11)
        m_out.append("\r\nConnection: keep-alive");
    m_out.append("\r\n\r\n");
    if (hasBody && !headOnly)
        m_out.append(response.body);
    if (response.cutAfter && *response.cutAfter < m_out.size())
        m_out.resize(*response.cutAfter);
    flush(m_out);
    if (response.cutAfter)
        drop();
    if (m_out.capacity() > static_cast<std::size_t>(kReadBuffer))
        std::string().swap(m_out);
}

/// Straight to the kernel while nothing waits in Qt's buffer: that saves switching a notifier on
/// and off for every answer. Qt takes care of what the kernel does not take, and of TLS.
void HttpConnection::flush(std::string_view bytes)
{
    if (m_isPlain && m_socket->bytesToWrite() == 0) {
        const auto descriptor = static_cast<int>(m_socket->socketDescriptor());
        const ssize_t sent =
            ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        bytes.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
    }
    if (!bytes.empty()) {
        m_socket->write(bytes.data(), static_cast<qint64>(bytes.size()));
        m_socket->flush();
    }
    m_unwritten = m_socket->bytesToWrite();
    if (m_unwritten > 0)
        m_writeProgress = std::chrono::steady_clock::now();
}

void HttpConnection::refuse(int status, std::string_view why)
{
    if (m_state == State::Closed)
        return;
    if (m_refused)
        m_refused(status, why);
    // Reasons are ours, plain words: nothing in them needs an escape.
    HttpResponse response = jsonResponse(status, R"({"error":{"code":"net.refused","message":"The request was refused: )"
                                                     + std::string(why) + ".\"}}");
    write(response, false, false);
    if (m_state != State::Closed)
        startDraining();
}

/// Closing a socket with unread input makes the kernel reset it, which can destroy the answer on
/// its way. So only our side is closed, and the client gets a moment to close its own.
void HttpConnection::startDraining()
{
    m_state = State::Draining;
    m_since = std::chrono::steady_clock::now();
    connect(m_socket.get(), &QTcpSocket::bytesWritten, this, [this] { closeWritingSide(); });
    closeWritingSide();
    if (m_state == State::Draining)
        discardInput();
}

void HttpConnection::closeWritingSide()
{
    if (m_writingSideClosed || m_socket->bytesToWrite() > 0)
        return;
    const auto *tls = qobject_cast<QSslSocket *>(m_socket.get());
    if (tls && tls->encryptedBytesToWrite() > 0)
        return;
    m_writingSideClosed = true;
    if (tls)
        m_socket->disconnectFromHost();
    else
        ::shutdown(static_cast<int>(m_socket->socketDescriptor()), SHUT_WR);
}

void HttpConnection::discardInput()
{
    while (m_socket->bytesAvailable() > 0 && m_socket->skip(kReadBuffer) > 0) {
    }
}

void HttpConnection::drop()
{
    if (m_state == State::Closed)
        return;
    m_state = State::Closed;
    m_socket->disconnect(this);
    m_socket->abort();
    deleteLater();
}

void HttpConnection::finishAndClose()
{
    m_keepAlive = false;
    if (m_state == State::Reading)
        drop();
}

void HttpConnection::checkTimeouts(TimePoint now)
{
    const qint64 unwritten = m_socket->bytesToWrite();
    if (unwritten != m_unwritten) {
        m_unwritten = unwritten;
        m_writeProgress = now;
    }
    if (unwritten > 0 && now - m_writeProgress > m_limits.writeTimeout)
        drop();
    else if (m_state == State::Reading)
        checkReading(now);
    else if (m_state == State::Draining && unwritten == 0 && now - m_since > m_limits.lingerTimeout)
        drop();
}

void HttpConnection::checkReading(TimePoint now)
{
    const auto waited = now - m_since;
    switch (m_parser.state()) {
    case HttpRequestParser::State::Idle:
        if (waited > (m_isFirst ? m_limits.headTimeout : m_limits.idleTimeout))
            drop();
        break;
    case HttpRequestParser::State::Head:
        if (waited > m_limits.headTimeout)
            refuse(408, "the head of the request did not come in time");
        break;
    default:
        if (waited > m_limits.requestTimeout)
            refuse(408, "the request did not come in time");
        break;
    }
}

} // namespace tw
