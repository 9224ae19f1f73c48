// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/http/Descriptor.h"

#include "core/connectors/http/HttpDouble.h"
#include "core/connectors/http/HttpRequestStep.h"
#include "core/connectors/http/HttpWebhook.h"
#include "core/connectors/http/ServiceConnection.h"

namespace tw::http {

ConnectorDescriptor descriptor()
{
    ConnectorDescriptor connector;
    connector.id = "http";
    connector.title = "Web service";
    connector.icon = "globe2";
    connector.help = "Any service that speaks HTTP and JSON: calls to it, and webhooks from it.";
    connector.connection = ServiceConnection::params();
    connector.nodes = {HttpWebhook::descriptor(), HttpRequestStep::descriptor()};
    connector.connect = &ServiceConnection::open;
    connector.startDouble = &HttpDouble::start;
    return connector;
}

} // namespace tw::http
