// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/salesforce/Descriptor.h"

#include "core/connectors/salesforce/RecordUpsert.h"
#include "core/connectors/salesforce/SalesforceConnection.h"
#include "core/connectors/salesforce/SalesforceDouble.h"

namespace tw::salesforce {

ConnectorDescriptor descriptor()
{
    ConnectorDescriptor connector;
    connector.id = "salesforce";
    connector.title = "Salesforce";
    connector.icon = "cloud";
    connector.help = "Records of a Salesforce org: accounts, contacts, opportunities and custom "
                     "objects.";
    connector.connection = SalesforceConnection::params();
    connector.nodes = {RecordUpsert::descriptor()};
    connector.connect = &SalesforceConnection::open;
    connector.startDouble = &SalesforceDouble::start;
    return connector;
}

} // namespace tw::salesforce
