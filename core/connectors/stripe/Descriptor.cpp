// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/Descriptor.h"

#include "core/connectors/stripe/ListStep.h"
#include "core/connectors/stripe/ObjectStep.h"
#include "core/connectors/stripe/RequestStep.h"
#include "core/connectors/stripe/StripeConnection.h"
#include "core/connectors/stripe/UpsertStep.h"
#include "core/connectors/stripe/WebhookTrigger.h"
#include "core/connectors/stripe/double/StripeDouble.h"

namespace tw::stripe {
namespace {

ConnectorDescriptor describe(const CataloguePtr &catalogue);

Result<ConnectorDescriptor> describeWith(const std::string &text)
{
    auto read = ApiCatalogue::fromText(text);
    if (!read)
        return std::move(read).error();
    return describe(std::make_shared<const ApiCatalogue>(std::move(*read)));
}

ConnectorDescriptor describe(const CataloguePtr &catalogue)
{
    ConnectorDescriptor connector;
    connector.id = "stripe";
    connector.title = "Stripe";
    connector.icon = "credit-card";
    connector.help = "Payments, customers, subscriptions and invoices of a Stripe account.";
    connector.connection = StripeConnection::params(catalogue.calls().version());
    connector.nodes = {WebhookTrigger::descriptor(catalogue), ObjectStep::create(catalogue),
                       ObjectStep::update(catalogue),         UpsertStep::descriptor(catalogue),
                       ObjectStep::retrieve(catalogue),       ListStep::list(catalogue),
                       ListStep::search(catalogue),           ObjectStep::act(catalogue),
                       ObjectStep::remove(catalogue),         RequestStep::descriptor(catalogue)};
    connector.connect = &StripeConnection::open;
    connector.fits = &StripeConnection::fits;
    connector.facts = {kCatalogueFile, &describeWith};
    connector.startDouble = &StripeDouble::start;
    return connector;
}

} // namespace

ConnectorDescriptor descriptor()
{
    return describe(builtInCatalogue());
}

} // namespace tw::stripe
