// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>
#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

#include <curl/curl.h>

class QSocketNotifier;

namespace tw {

/// Drives one libcurl multi handle from the event loop of its thread: one timer, and a pair of
/// notifiers per socket that lives as long as the pooled connection does.
///
/// `done` gets the results of one turn, as (easy handle, CURLcode); the handles are still added.
class CurlLoop final : public QObject
{
public:
    using Results = std::vector<std::pair<void *, int>>;
    using Done = std::function<void(const Results &)>;

    CurlLoop(long connectionsPerHost, long connections, Done done);
    ~CurlLoop() override;

    bool add(CURL *easy);
    void remove(CURL *easy);

    /// For CURLOPT_CLOSESOCKETFUNCTION of handles used here, with the loop as its data.
    static int closeSocket(void *loop, curl_socket_t socket);
    void opened(curl_socket_t socket); ///< From now on this socket is closed by closeSocket().

private:
    struct Watch
    {
        QSocketNotifier *read = nullptr;
        QSocketNotifier *write = nullptr;
        bool isOurs = false;
        bool isPooled = false; ///< No transfer uses it; its read notifier may still be on.
    };

    static int onSocket(CURL *easy, curl_socket_t socket, int what, void *loop, void *data);
    static int onTimer(CURLM *multi, long milliseconds, void *loop);

    void watch(curl_socket_t socket, int what);
    void forget(curl_socket_t socket);
    void activated(curl_socket_t socket, int event);
    void act(curl_socket_t socket, int events);

    Done m_done;
    CURLM *m_multi;
    QTimer m_timer;
    std::unordered_map<curl_socket_t, Watch> m_watches;
};

} // namespace tw
