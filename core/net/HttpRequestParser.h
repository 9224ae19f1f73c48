// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/HttpLimits.h"
#include "core/net/HttpMessage.h"

#include <memory>
#include <string>
#include <string_view>

namespace boost::system {
class error_code;
}

namespace tw {

/// Turns the bytes of one connection into requests, one after the other, without any socket.
///
/// Boost.Beast's parser does the framing; on top of it everything is refused that two servers could
/// read differently (request smuggling). After Failed the connection cannot be used any more:
/// answer errorStatus() and close. Bytes behind a finished request are kept for the next one.
class HttpRequestParser
{
public:
    enum class State {
        Idle, ///< Not a byte of the next request yet.
        Head,
        Body,
        Done,
        Failed,
    };

    explicit HttpRequestParser(const HttpLimits &limits);
    ~HttpRequestParser();
    HttpRequestParser(const HttpRequestParser &) = delete;
    HttpRequestParser &operator=(const HttpRequestParser &) = delete;

    void feed(std::string_view bytes);
    State state() const { return m_state; }

    HttpRequest take();   ///< In Done only, once.
    void next();          ///< After take(): goes on with the bytes that are already there.
    bool wantsContinue(); ///< True once, if the client waits for "100 Continue" before the body.

    int errorStatus() const { return m_errorStatus; }
    std::string_view errorReason() const { return m_errorReason; }

private:
    class Beast;

    void advance();
    bool readHead();
    bool checkHead(std::string_view head);
    void parse(std::size_t length);
    void failAs(const boost::system::error_code &ec);
    bool fail(int status, std::string_view reason); ///< Always false.
    std::string_view unread() const { return std::string_view(m_buffer).substr(m_read); }
    void consume(std::size_t count);

    HttpLimits m_limits;
    State m_state = State::Idle;
    std::unique_ptr<Beast> m_beast;
    std::string m_buffer;
    std::size_t m_read = 0;     ///< Start of what is not parsed yet in m_buffer.
    std::size_t m_searched = 0; ///< Where the search for the end of the head goes on.
    std::size_t m_wireBytes = 0;
    bool m_forgaveEmptyLine = false;
    bool m_wantsContinue = false;
    int m_errorStatus = 0;
    std::string m_errorReason;
};

} // namespace tw
