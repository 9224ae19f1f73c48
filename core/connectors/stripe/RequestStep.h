// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connector/PathTemplate.h"
#include "core/connectors/stripe/ApiStep.h"

namespace tw::stripe {

/// Any call of the API, for what no other step does: method, path with values in braces, and the
/// message as parameters. Keys, versions, limits and errors are those of the other steps.
class RequestStep final : public ApiStep
{
public:
    static NodeDescriptor descriptor(const CataloguePtr &catalogue = builtInCatalogue());

    void process(const StepCall &call, StepReply reply) override;
    DocumentPtr preview(const StepCall &call) const override;

private:
    static Result<std::unique_ptr<Step>> make(NodeContext context, CataloguePtr catalogue);
    RequestStep(const NodeContext &context, std::shared_ptr<StripeConnection> connection,
                CataloguePtr catalogue, PathTemplate path);

    std::string m_method;
    PathTemplate m_path;
    bool m_sendMessage;
};

} // namespace tw::stripe
