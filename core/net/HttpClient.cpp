// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/HttpClient.h"

#include "core/net/CurlLoop.h"
#include "core/net/CurlTransfer.h"

#include <algorithm>

namespace tw {

namespace {

constexpr std::size_t kIdleHandles = 256;

struct CurlLibrary
{
    CurlLibrary() { curl_global_init(CURL_GLOBAL_DEFAULT); }
    ~CurlLibrary() { curl_global_cleanup(); }
};

void postResult(QObject *receiver, HttpClient::Callback done, Error error)
{
    QMetaObject::invokeMethod(
        receiver, [callback = std::move(done), reason = std::move(error)] { callback(reason); },
        Qt::QueuedConnection);
}

} // namespace

HttpClient::HttpClient(HttpClientOptions options, QObject *parent)
    : QObject(parent), m_options(std::move(options))
{
    static const CurlLibrary library;
    m_loop =
        std::make_unique<CurlLoop>(m_options.connectionsPerHost, m_options.connections,
                                   [this](const CurlLoop::Results &results) { finished(results); });
}

HttpClient::~HttpClient()
{
    for (auto &[handle, transfer] : m_transfers) {
        m_loop->remove(handle);
        curl_easy_cleanup(handle);
        disconnect(transfer->receiverGone);
        if (transfer->receiver && transfer->receiver != this) {
            postResult(transfer->receiver, std::move(transfer->done),
                       cancelledError("net.cancelled", "The HTTP client was closed."));
        }
    }
    for (Handle *handle : m_idle)
        curl_easy_cleanup(handle);
}

void HttpClient::send(HttpCall call, QObject *receiver, Callback done)
{
    QObject *owner = receiver ? receiver : this;
    if (Result<void> usable = CurlTransfer::check(call); !usable)
        return postResult(owner, std::move(done), std::move(usable).error());
    Handle *handle = takeHandle();
    auto transfer = std::make_unique<CurlTransfer>(std::move(call), m_options, *m_loop);
    transfer->prepare(handle);
    if (!m_loop->add(handle)) {
        curl_easy_cleanup(handle);
        return postResult(owner, std::move(done),
                          internalError("net.client", "The HTTP client refused a request."));
    }
    transfer->receiver = owner;
    transfer->done = std::move(done);
    if (receiver) {
        transfer->receiverGone =
            connect(receiver, &QObject::destroyed, this, [this, handle] { cancel(handle); });
    }
    m_transfers.emplace(handle, std::move(transfer));
}

HttpClient::Handle *HttpClient::takeHandle()
{
    if (m_idle.empty())
        return curl_easy_init();
    Handle *handle = m_idle.back();
    m_idle.pop_back();
    return handle;
}

void HttpClient::recycle(Handle *handle)
{
    if (m_idle.size() >= kIdleHandles) {
        curl_easy_cleanup(handle);
        return;
    }
    curl_easy_reset(handle);
    m_idle.push_back(handle);
}

std::unique_ptr<CurlTransfer> HttpClient::extract(Handle *handle)
{
    auto node = m_transfers.extract(handle);
    if (node.empty())
        return nullptr;
    m_loop->remove(handle);
    disconnect(node.mapped()->receiverGone);
    return std::move(node.mapped());
}

void HttpClient::cancel(Handle *handle)
{
    const std::unique_ptr<CurlTransfer> transfer = extract(handle);
    if (transfer)
        recycle(handle);
}

void HttpClient::finished(const std::vector<std::pair<Handle *, int>> &results)
{
    struct Delivery
    {
        QPointer<QObject> receiver;
        Callback done;
        Result<HttpAnswer> result;
    };
    // First take all of them out: a callback may send, cancel or destroy whatever it likes.
    std::vector<Delivery> deliveries;
    deliveries.reserve(results.size());
    for (const auto &[handle, code] : results) {
        const std::unique_ptr<CurlTransfer> transfer = extract(handle);
        if (!transfer)
            continue;
        deliveries.push_back({transfer->receiver, std::move(transfer->done),
                              transfer->result(handle, static_cast<CURLcode>(code))});
        recycle(handle);
    }
    for (Delivery &delivery : deliveries) {
        if (delivery.receiver)
            delivery.done(std::move(delivery.result));
    }
}

} // namespace tw
