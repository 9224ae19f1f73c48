// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tw {

/// Header fields in the order of the wire. Names are found without regard to case. Holds whatever
/// it is given: server and client refuse fields that could break out of their line.
class HttpHeaders
{
public:
    using Field = std::pair<std::string, std::string>;

    HttpHeaders() = default;
    HttpHeaders(std::initializer_list<Field> fields) : m_fields(fields) {}

    void add(std::string name, std::string value);
    void set(std::string_view name, std::string value); ///< Replaces all fields of that name.
    void remove(std::string_view name);
    void clear() { m_fields.clear(); }

    bool contains(std::string_view name) const;
    std::string_view value(std::string_view name) const; ///< The first one; empty if there is none.
    std::vector<std::string_view> values(std::string_view name) const;

    std::size_t size() const { return m_fields.size(); }
    bool empty() const { return m_fields.empty(); }
    auto begin() const { return m_fields.begin(); }
    auto end() const { return m_fields.end(); }

private:
    std::vector<Field> m_fields;
};

/// A request as it came: nothing decoded, `body` byte for byte without chunk framing.
struct HttpRequest
{
    std::string method;
    std::string target; ///< As on the request line.
    std::string path;   ///< Percent-encoded, without query; starts with '/' (or is "*").
    std::string query;  ///< Percent-encoded, without '?'.
    HttpHeaders headers;
    std::string body;
    std::string peer;       ///< Address of the other end.
    bool keepAlive = false; ///< The client wants to go on using the connection.
    bool http11 = true;

    std::string_view header(std::string_view name) const { return headers.value(name); }
};

/// An answer. Framing fields (Content-Length, Connection, Date) are the server's and ignored here.
struct HttpResponse
{
    int status = 200;
    HttpHeaders headers;
    std::string body;
    bool close = false; ///< Ask the client not to use the connection again.
    /// For doubles that misbehave: send this many bytes of the answer and drop the connection.
    std::optional<std::size_t> cutAfter;
};

HttpResponse textResponse(int status, std::string body);
HttpResponse jsonResponse(int status, std::string body);

std::string_view reasonPhrase(int status);
bool isHttpToken(std::string_view text);      ///< RFC 9110 section 5.6.2.
bool isHttpFieldValue(std::string_view text); ///< No CR, LF, NUL or other controls.
bool equalsIgnoringCase(std::string_view left, std::string_view right); ///< ASCII letters only.

} // namespace tw
