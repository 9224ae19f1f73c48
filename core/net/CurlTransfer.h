// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/net/HttpClient.h"

#include <QPointer>
#include <array>

#include <curl/curl.h>

namespace tw {

/// One call on its way: owns everything that libcurl points to while the transfer runs, and makes
/// the answer or the error of it.
class CurlTransfer
{
public:
    CurlTransfer(HttpCall call, const HttpClientOptions &options, CurlLoop &loop);
    ~CurlTransfer();
    CurlTransfer(const CurlTransfer &) = delete;
    CurlTransfer &operator=(const CurlTransfer &) = delete;

    static Result<void> check(const HttpCall &call); ///< Before anything is sent.
    void prepare(CURL *easy);
    Result<HttpAnswer> result(CURL *easy, CURLcode code);

    QPointer<QObject> receiver;
    QMetaObject::Connection receiverGone;
    HttpClient::Callback done;

private:
    static std::size_t onHeader(char *data, std::size_t size, std::size_t count, void *self);
    static std::size_t onBody(char *data, std::size_t size, std::size_t count, void *self);
    static std::size_t onRead(char *data, std::size_t size, std::size_t count, void *self);
    static curl_socket_t onOpen(void *self, curlsocktype purpose, curl_sockaddr *address);

    void setRequest(CURL *easy);
    void setBody(CURL *easy);
    void setHeaders(CURL *easy);
    void setConnection(CURL *easy);
    void addHeader(std::string_view line);
    bool isRepeatable() const;

    HttpCall m_call;
    const HttpClientOptions &m_options;
    CurlLoop &m_loop;
    curl_slist *m_headers = nullptr;
    std::size_t m_bodyRead = 0;
    HttpAnswer m_answer;
    bool m_headIsWhole = false;
    bool m_tooLarge = false;
    bool m_addressRefused = false;
    std::array<char, CURL_ERROR_SIZE> m_detail{};
};

} // namespace tw
