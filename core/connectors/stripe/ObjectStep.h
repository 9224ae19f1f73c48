// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/ApiStep.h"

namespace tw::stripe {

/// One call about one object: create, retrieve, update, delete or an action ("invoice.finalize").
/// The message is what is sent, named as Stripe names it; `id` says which object it is about.
class ObjectStep final : public ApiStep
{
public:
    static NodeDescriptor create(const CataloguePtr &catalogue = builtInCatalogue());
    static NodeDescriptor retrieve(const CataloguePtr &catalogue = builtInCatalogue());
    static NodeDescriptor update(const CataloguePtr &catalogue = builtInCatalogue());
    static NodeDescriptor remove(const CataloguePtr &catalogue = builtInCatalogue());
    static NodeDescriptor act(const CataloguePtr &catalogue = builtInCatalogue());

    void process(const StepCall &call, StepReply reply) override;
    bool canLookUp() const override { return m_operation.method == "POST"; }
    void lookUp(const StepCall &call, StepReply reply) override;
    DocumentPtr preview(const StepCall &call) const override;
    std::string batchKey(const StepCall &call) const override;

private:
    struct Prepared
    {
        StripeCall request;
        std::string id;
    };

    static Result<std::unique_ptr<Step>> make(NodeContext context, CataloguePtr catalogue,
                                              const ApiOperation *operation);
    ObjectStep(const NodeContext &context, std::shared_ptr<StripeConnection> connection,
               CataloguePtr catalogue, const ApiOperation &operation, std::optional<Expression> id);

    Result<std::string> idOf(const StepCall &call) const;
    Result<Value> paramsOf(const StepCall &call, Arena &arena) const;
    Result<Prepared> prepare(const StepCall &call) const;
    void readOn(const std::shared_ptr<StepReply> &reply, const DocumentPtr &object, int pages = 0);
    void deleted(const Prepared &prepared, bool isRepeat, StepReply &reply,
                 Result<HttpAnswer> answer);

    const ApiOperation &m_operation; ///< Of its catalogue.
    std::optional<Expression> m_id;
    std::string m_idField; ///< The field of the message that the id is taken from, when it is one.
};

/// Refuses what Stripe would refuse, before it is sent; only where the connection asks for the
/// version of the catalogue. Error Rejected `stripe.bad_parameter` with all findings.
Result<void> mayBeSent(const StripeConnection &connection, const ApiCatalogue &catalogue,
                       const ApiOperation &operation, const Value &params);

} // namespace tw::stripe
