// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/Descriptor.h"

#include "core/connectors/stripe/ListStep.h"
#include "core/connectors/stripe/ObjectStep.h"
#include "core/connectors/stripe/RequestStep.h"
#include "core/connectors/stripe/StripeConnection.h"
#include "core/connectors/stripe/UpsertStep.h"
#include "core/connectors/stripe/double/StripeDouble.h"
#include "core/connectors/stripe/WebhookTrigger.h"

namespace tw::stripe {

ConnectorDescriptor descriptor()
{
    ConnectorDescriptor connector;
    connector.id = "stripe";
    connector.title = "Stripe";
    connector.icon = "credit-card";
    connector.help = "Payments, customers, subscriptions and invoices of a Stripe account.";
    connector.connection = StripeConnection::params();
    connector.nodes = {WebhookTrigger::descriptor(), ObjectStep::create(),   ObjectStep::update(),
                       UpsertStep::descriptor(),     ObjectStep::retrieve(), ListStep::list(),
                       ListStep::search(),           ObjectStep::act(),      ObjectStep::remove(),
                       RequestStep::descriptor()};
    connector.connect = &StripeConnection::open;
    connector.fits = &StripeConnection::fits;
    connector.startDouble = &StripeDouble::start;
    return connector;
}

} // namespace tw::stripe
