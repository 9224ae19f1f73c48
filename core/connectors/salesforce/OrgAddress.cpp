// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/salesforce/OrgAddress.h"

#include "core/base/Text.h"

#include <QUrl>

namespace tw::salesforce {

namespace {

struct Ending
{
    std::string_view pasted, api;
};

/// Hosts of the user interface and the API host of the same org.
constexpr Ending kEndings[] = {
    {".lightning.force.com", ".my.salesforce.com"},
    {".my.salesforce-setup.com", ".my.salesforce.com"},
    {".lightning.force.mil", ".my.salesforce.mil"},
};

Error badAddress(std::string_view pasted)
{
    return configError("salesforce.bad_address",
                       "\"" + std::string(pasted) +
                           "\" is not the address of an org. Use its My Domain address, such as "
                           "https://acme.my.salesforce.com.");
}

bool isThisMachine(const QString &host)
{
    return host == QStringLiteral("127.0.0.1") || host == QStringLiteral("localhost") ||
           host == QStringLiteral("::1");
}

} // namespace

Result<std::string> orgAddress(std::string_view pasted)
{
    const bool hasScheme = pasted.find("://") != std::string_view::npos;
    const QUrl url(toQString((hasScheme ? "" : "https://") + std::string(pasted)).trimmed(),
                   QUrl::StrictMode);
    const QString scheme = url.scheme();
    if (!url.isValid() || url.host().isEmpty() || !url.userInfo().isEmpty())
        return badAddress(pasted);
    if (scheme != QStringLiteral("https") &&
        !(scheme == QStringLiteral("http") && isThisMachine(url.host())))
        return badAddress(pasted);
    std::string host = toUtf8(url.host());
    for (const auto &ending : kEndings) {
        if (host.ends_with(ending.pasted))
            host = host.substr(0, host.size() - ending.pasted.size()) + std::string(ending.api);
    }
    if (host.find(':') != std::string::npos)
        host = '[' + host + ']';
    const std::string port = url.port() > 0 ? ':' + std::to_string(url.port()) : std::string();
    return toUtf8(scheme) + "://" + host + port;
}

bool isCommonLoginHost(std::string_view address)
{
    return address == "https://login.salesforce.com" || address == "https://test.salesforce.com";
}

} // namespace tw::salesforce
