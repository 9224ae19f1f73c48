// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"
#include "core/net/AddressPolicy.h"
#include "core/net/HttpMessage.h"

#include <QObject>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace tw {

class CurlLoop;
class CurlTransfer;

/// What a whole client has in common.
struct HttpClientOptions
{
    long connectionsPerHost = 64;
    long connections = 512;
    std::optional<std::string> proxy; ///< None: as the environment says. Empty: no proxy.
    std::string caFile;               ///< PEM file of trusted authorities instead of the system's.
    std::string userAgent = "Tidewire";
    /// Asked for each new socket. With a proxy it sees the proxy's address, not the destination's.
    AddressCheck addressCheck;
};

/// One request. The path of `url` is sent as written: encode what comes from data with
/// encodePathSegment(). Framing fields, Host and Connection are the client's and refused in
/// headers.
struct HttpCall
{
    std::string method = "GET";
    std::string url;
    HttpHeaders headers;
    std::string body;
    std::chrono::milliseconds connectTimeout{10'000};
    std::chrono::milliseconds timeout{60'000};
    std::size_t maxResponseBytes = 16 * 1024 * 1024;
    /// Custom fields go along to another host, except Authorization and Cookie.
    bool followRedirects = false;
    /// The peer recognises a repeat (idempotency key). If not, a POST or PATCH whose reused
    /// connection breaks fails with outcomeUnknown instead of being sent once more.
    bool repeatable = false;
};

struct HttpAnswer
{
    int status = 0;
    HttpHeaders headers;
    std::string body;
    std::string protocol; ///< "HTTP/1.1", "HTTP/2".
    bool reused = false;  ///< No new connection was needed.
};

/// HTTP client of the message path: libcurl's multi interface on the caller's event loop, with a
/// pool of connections, HTTP/2 where TLS offers it, and TLS that is always verified.
///
/// Lives on one thread. Every answer, whatever its status, is an HttpAnswer; an Error means there
/// is none. Codes: net.connect, net.dns (never sent); net.timeout, net.reset, net.bad_answer (see
/// Error::outcomeUnknown); net.answer_too_large; net.tls, net.address_refused, net.bad_url,
/// net.bad_header (Config); net.cancelled.
class HttpClient final : public QObject
{
public:
    using Callback = std::function<void(Result<HttpAnswer>)>;

    explicit HttpClient(HttpClientOptions options = {}, QObject *parent = nullptr);
    /// Calls in flight are aborted; their receivers get net.cancelled from the event loop. Not to
    /// be destroyed from inside a callback: use deleteLater() there.
    ~HttpClient() override;

    /// Calls `done` once from the event loop, never from inside send(). If `receiver` dies first,
    /// the transfer is aborted and `done` is dropped. `receiver` lives on the client's thread.
    void send(HttpCall call, QObject *receiver, Callback done);

    std::size_t inFlight() const { return m_transfers.size(); }

private:
    using Handle = void; // CURL

    Handle *takeHandle();
    void recycle(Handle *handle);
    void cancel(Handle *handle);
    std::unique_ptr<CurlTransfer> extract(Handle *handle);
    void finished(const std::vector<std::pair<Handle *, int>> &results);

    HttpClientOptions m_options;
    std::unordered_map<Handle *, std::unique_ptr<CurlTransfer>> m_transfers;
    std::vector<Handle *> m_idle;
    std::unique_ptr<CurlLoop> m_loop;
};

} // namespace tw
