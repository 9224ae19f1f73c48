// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/ApiStep.h"

namespace tw::stripe {

/// Reads lists page by page: all objects that fit the message's filters, or what a search finds, as
/// one message `{"data": [...], "count": n, "has_more": …}`. Bounded by `most`.
class ListStep final : public ApiStep
{
public:
    static NodeDescriptor list(const CataloguePtr &catalogue = builtInCatalogue());
    static NodeDescriptor search(const CataloguePtr &catalogue = builtInCatalogue());

    void process(const StepCall &call, StepReply reply) override;

private:
    struct Pages;

    static Result<std::unique_ptr<Step>> make(NodeContext context, CataloguePtr catalogue,
                                              ApiVerb verb);
    ListStep(const NodeContext &context, std::shared_ptr<StripeConnection> connection,
             CataloguePtr catalogue, const ApiOperation &operation,
             std::optional<Expression> query);

    void nextPage(std::shared_ptr<Pages> pages);

    const ApiOperation &m_operation;
    std::optional<Expression> m_query;
    std::int64_t m_most;
};

} // namespace tw::stripe
