// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/CurlLoop.h"

#include <QSocketNotifier>

#include <unistd.h>

namespace tw {

namespace {

void retire(QSocketNotifier *notifier)
{
    if (!notifier)
        return;
    notifier->setEnabled(false); // It may be the one that is calling us.
    notifier->deleteLater();
}

} // namespace

CurlLoop::CurlLoop(long connectionsPerHost, long connections, Done done)
    : m_done(std::move(done)), m_multi(curl_multi_init())
{
    curl_multi_setopt(m_multi, CURLMOPT_SOCKETFUNCTION, &CurlLoop::onSocket);
    curl_multi_setopt(m_multi, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(m_multi, CURLMOPT_TIMERFUNCTION, &CurlLoop::onTimer);
    curl_multi_setopt(m_multi, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(m_multi, CURLMOPT_MAX_HOST_CONNECTIONS, connectionsPerHost);
    curl_multi_setopt(m_multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
    curl_multi_setopt(m_multi, CURLMOPT_MAXCONNECTS, connections);
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, [this] { act(CURL_SOCKET_TIMEOUT, 0); });
}

CurlLoop::~CurlLoop()
{
    curl_multi_cleanup(m_multi); // Closes pooled connections through closeSocket().
}

bool CurlLoop::add(CURL *easy)
{
    return curl_multi_add_handle(m_multi, easy) == CURLM_OK;
}

void CurlLoop::remove(CURL *easy)
{
    curl_multi_remove_handle(m_multi, easy);
}

void CurlLoop::opened(curl_socket_t socket)
{
    m_watches[socket].isOurs = true;
}

int CurlLoop::closeSocket(void *loop, curl_socket_t socket)
{
    static_cast<CurlLoop *>(loop)->forget(socket);
    return ::close(socket);
}

int CurlLoop::onSocket(CURL *, curl_socket_t socket, int what, void *loop, void *)
{
    static_cast<CurlLoop *>(loop)->watch(socket, what);
    return 0;
}

int CurlLoop::onTimer(CURLM *, long milliseconds, void *loop)
{
    QTimer &timer = static_cast<CurlLoop *>(loop)->m_timer;
    if (milliseconds < 0)
        timer.stop();
    else
        timer.start(static_cast<int>(milliseconds));
    return 0;
}

void CurlLoop::watch(curl_socket_t socket, int what)
{
    if (what == CURL_POLL_REMOVE) {
        const auto found = m_watches.find(socket);
        // Sockets of the resolver's threads are closed behind our back.
        if (found == m_watches.end() || !found->second.isOurs)
            return forget(socket);
    }
    Watch &watch = m_watches[socket];
    watch.isPooled = what == CURL_POLL_REMOVE;
    const auto enable = [&](QSocketNotifier *&notifier, QSocketNotifier::Type type, int event) {
        const bool wanted = !watch.isPooled && (what & event) != 0;
        if (!notifier && wanted) {
            notifier = new QSocketNotifier(socket, type, this);
            connect(notifier, &QSocketNotifier::activated, this,
                    [this, socket, event] { activated(socket, event); });
        }
        // Switching costs a system call, and a pooled connection is mostly used again at once.
        const bool canStayOn = watch.isPooled && type == QSocketNotifier::Read;
        if (notifier && notifier->isEnabled() != wanted && !canStayOn)
            notifier->setEnabled(wanted);
    };
    enable(watch.read, QSocketNotifier::Read, CURL_POLL_IN);
    enable(watch.write, QSocketNotifier::Write, CURL_POLL_OUT);
}

void CurlLoop::forget(curl_socket_t socket)
{
    const auto found = m_watches.find(socket);
    if (found == m_watches.end())
        return;
    retire(found->second.read);
    retire(found->second.write);
    m_watches.erase(found);
}

void CurlLoop::activated(curl_socket_t socket, int event)
{
    const auto found = m_watches.find(socket);
    if (found == m_watches.end())
        return;
    // The peer closed it: libcurl finds out when it takes the connection from the pool.
    if (found->second.isPooled && found->second.read)
        found->second.read->setEnabled(false);
    else
        act(socket, event);
}

/// CURL_POLL_IN and CURL_POLL_OUT have the values of CURL_CSELECT_IN and CURL_CSELECT_OUT.
void CurlLoop::act(curl_socket_t socket, int events)
{
    static_assert(CURL_POLL_IN == CURL_CSELECT_IN && CURL_POLL_OUT == CURL_CSELECT_OUT);
    int running = 0;
    curl_multi_socket_action(m_multi, socket, events, &running);
    Results results;
    int left = 0;
    while (const CURLMsg *message = curl_multi_info_read(m_multi, &left)) {
        if (message->msg == CURLMSG_DONE)
            results.emplace_back(message->easy_handle, static_cast<int>(message->data.result));
    }
    if (!results.empty())
        m_done(results);
}

} // namespace tw
