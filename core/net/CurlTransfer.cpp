// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/CurlTransfer.h"

#include "core/net/CurlLoop.h"
#include "core/net/HttpFailure.h"

#include <algorithm>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tw {

namespace {

constexpr long kMaxRedirects = 5;

std::string_view authority(std::string_view url)
{
    const std::size_t scheme = url.find("://");
    if (scheme == std::string_view::npos)
        return {};
    url.remove_prefix(scheme + 3);
    return url.substr(0, url.find_first_of("/?#"));
}

bool isUsableUrl(std::string_view url)
{
    const bool isPrintable =
        std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7f; });
    const std::string_view scheme = url.substr(0, url.find(':'));
    const std::string_view host = authority(url);
    return isPrintable &&
           (equalsIgnoringCase(scheme, "https") || equalsIgnoringCase(scheme, "http")) &&
           !host.empty() && host.find_first_of("@\\") == std::string_view::npos;
}

/// Fields that decide where a message ends or whom it is for.
bool isReserved(std::string_view name)
{
    static constexpr std::array<std::string_view, 8> kNames{
        "content-length", "transfer-encoding", "connection", "host", "upgrade", "expect", "te",
        "trailer"};
    return std::any_of(kNames.begin(), kNames.end(),
                       [&](std::string_view known) { return equalsIgnoringCase(name, known); });
}

std::string protocolName(long version)
{
    switch (version) {
    case CURL_HTTP_VERSION_1_0:
        return "HTTP/1.0";
    case CURL_HTTP_VERSION_2_0:
        return "HTTP/2";
    case CURL_HTTP_VERSION_3:
        return "HTTP/3";
    default:
        return "HTTP/1.1";
    }
}

PeerAddress peerAddress(const curl_sockaddr &address)
{
    PeerAddress peer;
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (address.family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address.addr, std::min<std::size_t>(sizeof v4, address.addrlen));
        inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
        peer.port = ntohs(v4.sin_port);
    } else if (address.family == AF_INET6) {
        sockaddr_in6 v6{};
        // curl_sockaddr declares room for an IPv4 address only, but holds addrlen bytes.
        std::memcpy(&v6, static_cast<const void *>(&address.addr),
                    std::min<std::size_t>(sizeof v6, address.addrlen));
        inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
        peer.port = ntohs(v6.sin6_port);
    }
    peer.ip = text.data();
    return peer;
}

} // namespace

CurlTransfer::CurlTransfer(HttpCall call, const HttpClientOptions &options, CurlLoop &loop)
    : m_call(std::move(call)), m_options(options), m_loop(loop)
{}

CurlTransfer::~CurlTransfer()
{
    curl_slist_free_all(m_headers);
}

Result<void> CurlTransfer::check(const HttpCall &call)
{
    if (!isUsableUrl(call.url)) {
        return configError("net.bad_url",
                           "Only http and https URLs without spaces, controls and credentials can "
                           "be called. Encode what comes from data.");
    }
    if (!isHttpToken(call.method) || call.method == "CONNECT")
        return configError("net.bad_method", "The HTTP method is not a word. Use GET, POST, …");
    for (const auto &[name, value] : call.headers) {
        if (!isHttpToken(name)) {
            return configError("net.bad_header",
                               "A header has a name that HTTP does not allow. Use letters, digits "
                               "and hyphens.");
        }
        if (!isHttpFieldValue(value)) {
            return configError("net.bad_header", "The header " + name +
                                                     " has a line break or another control "
                                                     "character in its value. Remove it.");
        }
        if (isReserved(name)) {
            return configError("net.bad_header", "The header " + name +
                                                     " is set by the client itself. Leave it out.");
        }
    }
    return {};
}

void CurlTransfer::prepare(CURL *easy)
{
    setConnection(easy);
    setRequest(easy);
    setHeaders(easy);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &CurlTransfer::onHeader);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &CurlTransfer::onBody);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, m_detail.data());
}

void CurlTransfer::setConnection(CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR,
                     equalsIgnoringCase(m_call.url.substr(0, 6), "https:") ? "https"
                                                                           : "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    if (!m_options.caFile.empty())
        curl_easy_setopt(easy, CURLOPT_CAINFO, m_options.caFile.c_str());
    if (m_options.proxy)
        curl_easy_setopt(easy, CURLOPT_PROXY, m_options.proxy->c_str());
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(m_call.connectTimeout.count()));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(m_call.timeout.count()));
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &CurlTransfer::onOpen);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &CurlLoop::closeSocket);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, &m_loop);
}

void CurlTransfer::setRequest(CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_URL, m_call.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, m_call.followRedirects ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, kMaxRedirects);
    if (m_call.method == "HEAD") {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return;
    }
    if (!m_call.body.empty() || m_call.method == "POST")
        setBody(easy);
    if (m_call.method != "GET" && m_call.method != "POST")
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, m_call.method.c_str());
    else if (m_call.method == "GET" && !m_call.body.empty())
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "GET");
}

/// libcurl sends a request again by itself when a reused connection turns out to be dead, even if
/// the peer had read it. It cannot do that with a body that it may read only once.
void CurlTransfer::setBody(CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(m_call.body.size()));
    if (isRepeatable() || m_call.body.empty()) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, m_call.body.data());
        return;
    }
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, &CurlTransfer::onRead);
    curl_easy_setopt(easy, CURLOPT_READDATA, this);
}

bool CurlTransfer::isRepeatable() const
{
    return m_call.repeatable || (m_call.method != "POST" && m_call.method != "PATCH");
}

void CurlTransfer::setHeaders(CURL *easy)
{
    std::string line;
    for (const auto &[name, value] : m_call.headers) {
        // libcurl's spelling of an empty value; "Name:" would remove the field.
        if (value.find_first_not_of(" \t") == std::string::npos)
            line.assign(name).append(";");
        else
            line.assign(name).append(": ").append(value);
        addHeader(line);
    }
    addHeader("Expect:");
    if (!m_call.headers.contains("Content-Type"))
        addHeader("Content-Type:"); // No guess at what the body is.
    if (!m_call.headers.contains("User-Agent") && !m_options.userAgent.empty())
        curl_easy_setopt(easy, CURLOPT_USERAGENT, m_options.userAgent.c_str());
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, m_headers);
}

void CurlTransfer::addHeader(std::string_view line)
{
    if (curl_slist *longer = curl_slist_append(m_headers, std::string(line).c_str()))
        m_headers = longer;
}

std::size_t CurlTransfer::onHeader(char *data, std::size_t size, std::size_t count, void *self)
{
    auto *transfer = static_cast<CurlTransfer *>(self);
    HttpAnswer &answer = transfer->m_answer;
    std::string_view line(data, size * count);
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n'))
        line.remove_suffix(1);
    if (line.starts_with("HTTP/")) { // Of the next answer: after 100 or a redirect.
        answer.headers.clear();
        answer.body.clear();
        transfer->m_headIsWhole = false;
        return size * count;
    }
    if (line.empty())
        transfer->m_headIsWhole = true;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !answer.body.empty())
        return size * count; // The end of the head, or a trailer.
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    value = value.substr(0, value.find_last_not_of(" \t") + 1);
    answer.headers.add(std::string(line.substr(0, colon)), std::string(value));
    return size * count;
}

std::size_t CurlTransfer::onBody(char *data, std::size_t size, std::size_t count, void *self)
{
    auto *transfer = static_cast<CurlTransfer *>(self);
    const std::size_t bytes = size * count;
    if (bytes > transfer->m_call.maxResponseBytes - transfer->m_answer.body.size()) {
        transfer->m_tooLarge = true;
        return CURL_WRITEFUNC_ERROR;
    }
    transfer->m_answer.body.append(data, bytes);
    return bytes;
}

std::size_t CurlTransfer::onRead(char *data, std::size_t size, std::size_t count, void *self)
{
    auto *transfer = static_cast<CurlTransfer *>(self);
    const std::size_t bytes = transfer->m_call.body.copy(data, size * count, transfer->m_bodyRead);
    transfer->m_bodyRead += bytes;
    return bytes;
}

curl_socket_t CurlTransfer::onOpen(void *self, curlsocktype, curl_sockaddr *address)
{
    auto *transfer = static_cast<CurlTransfer *>(self);
    const AddressCheck &check = transfer->m_options.addressCheck;
    if (check && !check(peerAddress(*address))) {
        transfer->m_addressRefused = true;
        return CURL_SOCKET_BAD;
    }
    const int socket =
        ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (socket >= 0)
        transfer->m_loop.opened(socket);
    return socket;
}

Result<HttpAnswer> CurlTransfer::result(CURL *easy, CURLcode code)
{
    // libcurl takes a head that breaks off after the status line for an answer.
    if (code == CURLE_OK && !m_headIsWhole)
        code = CURLE_PARTIAL_FILE;
    if (code != CURLE_OK) {
        long sent = 0;
        curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &sent);
        HttpFailure failure;
        failure.code = code;
        failure.host = authority(m_call.url);
        failure.detail = m_detail[0] != '\0' ? m_detail.data() : curl_easy_strerror(code);
        failure.wasSent = sent > 0;
        failure.addressRefused = m_addressRefused;
        failure.tooLarge = m_tooLarge;
        failure.timeout = m_call.timeout;
        failure.maxBytes = m_call.maxResponseBytes;
        return toError(failure);
    }
    long status = 0;
    long version = 0;
    long connects = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects);
    m_answer.status = static_cast<int>(status);
    m_answer.protocol = protocolName(version);
    m_answer.reused = connects == 0;
    return std::move(m_answer);
}

} // namespace tw
