// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/net/HttpReply.h"

#include <cassert>

namespace tw {

HttpReply::HttpReply(HttpReply &&other) noexcept : m_sink(std::exchange(other.m_sink, nullptr)) {}

HttpReply &HttpReply::operator=(HttpReply &&other) noexcept
{
    if (this != &other) {
        giveUp();
        m_sink = std::exchange(other.m_sink, nullptr);
    }
    return *this;
}

HttpReply::~HttpReply()
{
    giveUp();
}

void HttpReply::send(HttpResponse response)
{
    assert(m_sink);
    if (const Sink sink = std::exchange(m_sink, nullptr))
        sink(std::move(response));
}

void HttpReply::giveUp() noexcept
{
    if (!m_sink)
        return;
    HttpResponse response;
    response.status = 500;
    send(std::move(response));
}

} // namespace tw
