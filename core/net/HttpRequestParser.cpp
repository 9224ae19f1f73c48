// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/HttpRequestParser.h"

#include <boost/beast/http/basic_parser.hpp>

#include <algorithm>
#include <cassert>

namespace tw {

namespace http = boost::beast::http;
using BeastView = boost::beast::string_view;
using BeastError = boost::beast::error_code;

namespace {

/// The shortest rest of a chunked message: "0\r\n\r\n". Beast asserts on less.
constexpr std::size_t kShortestChunkEnd = 5;

std::string_view view(BeastView text)
{
    return {text.data(), text.size()};
}

bool isDigits(std::string_view text)
{
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool isHost(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        return c > ' ' && c < 0x7f &&
               std::string_view("\"#,/<>?@\\^`{|}").find(c) == std::string_view::npos;
    });
}

bool isTarget(std::string_view text)
{
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return c > ' ' && c < 0x7f && c != '#'; });
}

} // namespace

/// Receives what Beast finds. A refusal is noted here and passed to Beast as any error code.
class HttpRequestParser::Beast final : public http::basic_parser<true>
{
public:
    explicit Beast(const HttpLimits &limits) : m_limits(limits)
    {
        header_limit(static_cast<std::uint32_t>(limits.headBytes));
        body_limit(static_cast<std::uint64_t>(limits.bodyBytes));
    }

    HttpRequest request;
    int status = 0;
    std::string_view reason;
    bool expectsContinue = false;
    bool isChunked = false;

private:
    void refuse(int code, std::string_view why, BeastError &ec)
    {
        status = code;
        reason = why;
        ec = make_error_code(http::error::bad_field);
    }

    void on_request_impl(http::verb, BeastView method, BeastView target, int version,
                         BeastError &ec) override
    {
        request.method = view(method);
        request.target = view(target);
        request.http11 = version == 11;
        if (!isTarget(request.target))
            return refuse(400, "the request target has characters that must be encoded", ec);
        splitTarget(ec);
    }

    void splitTarget(BeastError &ec)
    {
        std::string_view rest = request.target;
        if (rest.front() != '/' && rest != "*") {
            const std::size_t scheme = rest.find("://");
            if (scheme == std::string_view::npos || !isHttpToken(rest.substr(0, scheme)))
                return refuse(400, "the request target is not a path", ec);
            rest.remove_prefix(scheme + 3);
            rest.remove_prefix(std::min(rest.find_first_of("/?"), rest.size()));
        }
        const std::size_t question = rest.find('?');
        request.path = rest.substr(0, question);
        if (request.path.empty())
            request.path = "/";
        if (question != std::string_view::npos)
            request.query = rest.substr(question + 1);
        if (request.path == "*" && request.method != "OPTIONS")
            refuse(400, "only OPTIONS may ask for *", ec);
    }

    void on_response_impl(int, BeastView, int, BeastError &) override {}

    void on_field_impl(http::field name, BeastView nameText, BeastView value,
                       BeastError &ec) override
    {
        if (m_inTrailer)
            return; // Trailer fields are read and dropped: they must not pass for header fields.
        if (request.headers.size() >= m_limits.headerCount)
            return refuse(431, "there are too many header fields", ec);
        checkField(name, view(value), ec);
        request.headers.add(std::string(view(nameText)), std::string(view(value)));
    }

    void checkField(http::field name, std::string_view value, BeastError &ec)
    {
        switch (name) {
        case http::field::host:
            if (m_hosts++ > 0 || !isHost(value))
                refuse(400, "there must be one valid Host", ec);
            break;
        case http::field::content_length:
            if (m_lengths++ > 0 || m_encodings > 0 || !isDigits(value))
                refuse(400, "the length of the body is not clear", ec);
            break;
        case http::field::transfer_encoding:
            checkEncoding(value, ec);
            break;
        case http::field::expect:
            expectsContinue = equalsIgnoringCase(value, "100-continue");
            if (!expectsContinue)
                refuse(417, "only 100-continue can be expected", ec);
            break;
        default:
            break;
        }
    }

    void checkEncoding(std::string_view value, BeastError &ec)
    {
        if (m_encodings++ > 0 || m_lengths > 0 || !request.http11)
            return refuse(400, "the length of the body is not clear", ec);
        isChunked = equalsIgnoringCase(value, "chunked");
        if (!isChunked)
            refuse(501, "only the transfer encoding chunked is known", ec);
    }

    void on_header_impl(BeastError &ec) override
    {
        request.keepAlive = keep_alive();
        if (request.http11 && m_hosts == 0)
            return refuse(400, "there must be one valid Host", ec);
        if (request.method == "CONNECT")
            refuse(501, "this server is no proxy", ec);
    }

    void on_body_init_impl(const boost::optional<std::uint64_t> &length, BeastError &) override
    {
        request.body.reserve(std::min<std::size_t>(length.value_or(0), 64 * 1024));
    }

    std::size_t on_body_impl(BeastView bytes, BeastError &) override
    {
        request.body.append(bytes.data(), bytes.size());
        return bytes.size();
    }

    void on_chunk_header_impl(std::uint64_t size, BeastView extensions, BeastError &ec) override
    {
        m_inTrailer = size == 0;
        if (!isHttpFieldValue(view(extensions)))
            refuse(400, "a chunk extension has control characters", ec);
    }

    std::size_t on_chunk_body_impl(std::uint64_t, BeastView bytes, BeastError &) override
    {
        request.body.append(bytes.data(), bytes.size());
        return bytes.size();
    }

    void on_finish_impl(BeastError &) override {}

    const HttpLimits &m_limits;
    int m_hosts = 0;
    int m_lengths = 0;
    int m_encodings = 0;
    bool m_inTrailer = false;
};

HttpRequestParser::HttpRequestParser(const HttpLimits &limits) : m_limits(limits) {}

HttpRequestParser::~HttpRequestParser() = default;

void HttpRequestParser::feed(std::string_view bytes)
{
    if (m_state == State::Failed)
        return;
    m_buffer.append(bytes);
    advance();
}

HttpRequest HttpRequestParser::take()
{
    assert(m_state == State::Done && m_beast);
    HttpRequest request = std::move(m_beast->request);
    m_beast.reset();
    return request;
}

void HttpRequestParser::next()
{
    assert(m_state == State::Done);
    m_beast.reset();
    m_state = State::Idle;
    m_searched = 0;
    m_forgaveEmptyLine = false;
    m_wireBytes = 0;
    m_wantsContinue = false;
    advance();
}

bool HttpRequestParser::wantsContinue()
{
    return std::exchange(m_wantsContinue, false);
}

void HttpRequestParser::advance()
{
    if (m_state == State::Idle && !unread().empty())
        m_state = State::Head;
    if (m_state == State::Head && !readHead())
        return;
    if (m_state != State::Body || unread().empty())
        return;
    if (m_beast->isChunked && unread().size() < kShortestChunkEnd)
        return;
    m_wantsContinue = false;
    parse(unread().size());
}

/// False while the head is not complete, or when it is refused.
bool HttpRequestParser::readHead()
{
    // RFC 9112 section 2.2: one empty line before a request is forgiven.
    if (!m_forgaveEmptyLine && unread().substr(0, 2) == "\r\n") {
        m_forgaveEmptyLine = true;
        consume(2);
    }
    const std::string_view bytes = unread();
    const std::size_t end = bytes.find("\r\n\r\n", m_searched);
    if (end == std::string_view::npos || end + 4 > m_limits.headBytes) {
        if (bytes.size() >= m_limits.headBytes)
            fail(431, "the head of the request is too long");
        m_searched = bytes.size() < 3 ? 0 : bytes.size() - 3;
        return false;
    }
    const std::string_view head = bytes.substr(0, end + 4);
    if (!checkHead(head))
        return false;
    m_beast = std::make_unique<Beast>(m_limits);
    m_state = State::Body;
    m_wireBytes = 0;
    parse(head.size());
    if (m_state == State::Body && !m_beast->is_header_done())
        return fail(400, "the request line is too short");
    m_wantsContinue = m_state == State::Body && m_beast->expectsContinue && m_beast->request.http11;
    return m_state == State::Body;
}

/// What Beast would forgive or would not name: line ends, folded lines, unknown versions.
bool HttpRequestParser::checkHead(std::string_view head)
{
    for (std::size_t at = 0; at < head.size(); ++at) {
        const char c = head[at];
        if (c == '\r' && head[at + 1] == '\n') {
            const char following = at + 2 < head.size() ? head[at + 2] : '\0';
            if (following == ' ' || following == '\t')
                return fail(400, "a header line is folded");
            ++at;
        } else if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) {
            return fail(400, "the head has control characters");
        }
    }
    const std::string_view line = head.substr(0, head.find("\r\n"));
    const std::string_view version = line.substr(line.rfind(' ') + 1);
    if (version.size() == 8 && version.starts_with("HTTP/") && isDigits(version.substr(5, 1)) &&
        version[6] == '.' && isDigits(version.substr(7)) && version != "HTTP/1.1" &&
        version != "HTTP/1.0")
        return fail(505, "only HTTP/1.1 and HTTP/1.0 are spoken");
    return true;
}

/// Beast takes one step per call, so that the size of each chunk header and trailer is known: long
/// ones, and bodies of very many tiny chunks, carry nothing and cost time.
void HttpRequestParser::parse(std::size_t length)
{
    while (length > 0) {
        const std::string_view bytes = unread().substr(0, length);
        BeastError ec;
        const std::size_t bodyBefore = m_beast->request.body.size();
        const std::size_t used = m_beast->put({bytes.data(), bytes.size()}, ec);
        m_wireBytes += used;
        length -= used;
        consume(used); // From here on `bytes` may not be read.
        if (ec && ec != http::error::need_more)
            return failAs(ec);
        const bool isFraming = m_beast->isChunked && m_beast->request.body.size() == bodyBefore;
        if (isFraming && (used > m_limits.headBytes || (ec && length > m_limits.headBytes))) {
            fail(431, "a chunk header or the trailer is too long");
            return;
        }
        if (m_wireBytes > 8 * m_limits.bodyBytes + m_limits.headBytes) {
            fail(413, "the framing of the body is too large");
            return;
        }
        if (m_beast->is_done()) {
            m_state = State::Done;
            return;
        }
        if (ec || (m_beast->isChunked && length < kShortestChunkEnd))
            return;
    }
}

void HttpRequestParser::failAs(const BeastError &ec)
{
    if (m_beast->status != 0)
        fail(m_beast->status, m_beast->reason);
    else if (ec == http::error::body_limit)
        fail(413, "the body is too large");
    else if (ec == http::error::header_limit)
        fail(431, "the head of the request is too long");
    else
        fail(400, ec.message());
}

void HttpRequestParser::consume(std::size_t count)
{
    m_read += count;
    if (m_read == m_buffer.size()) {
        m_buffer.clear();
        m_read = 0;
    } else if (m_read > 64 * 1024) {
        m_buffer.erase(0, m_read);
        m_read = 0;
    }
}

bool HttpRequestParser::fail(int status, std::string_view reason)
{
    m_errorStatus = status;
    m_errorReason = reason;
    m_state = State::Failed;
    m_wantsContinue = false;
    return false;
}

} // namespace tw
