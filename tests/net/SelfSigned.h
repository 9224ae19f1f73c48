// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QSslConfiguration>
#include <string>

namespace tw::test {

/// A certificate that vouches for itself, made on the spot, valid for `host` ("IP:127.0.0.1",
/// "DNS:localhost") from now for `days` (negative: it has expired).
struct SelfSigned
{
    static SelfSigned make(const std::string &host, int days);
    QSslConfiguration serverConfiguration() const;

    QByteArray certificatePem;
    QByteArray keyPem;
};

} // namespace tw::test
