// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/ApiStep.h"

namespace tw::stripe {

/// Finds the object that a record of another system stands for, and changes it, or creates it.
///
/// It looks by the id that the other system keeps; then by the key in metadata, both in what search
/// knows and in what was created too lately for search; then, for customers, by e-mail in a fresh
/// list. More than one that fits is a failure with the candidates, never a guess. What it creates
/// carries the key in its metadata.
class UpsertStep final : public ApiStep
{
public:
    static NodeDescriptor descriptor(const CataloguePtr &catalogue = builtInCatalogue());

    void process(const StepCall &call, StepReply reply) override;
    DocumentPtr preview(const StepCall &call) const override;
    std::string batchKey(const StepCall &call) const override;

private:
    struct Work;
    struct Parts
    {
        std::optional<Expression> id, key, email;
        std::string keyName;
        bool mayCreate = true;
    };

    static Result<std::unique_ptr<Step>> make(NodeContext context, CataloguePtr catalogue);
    UpsertStep(const NodeContext &context, std::shared_ptr<StripeConnection> connection,
               CataloguePtr known, Parts parts);

    std::string textOf(const std::optional<Expression> &expression, const StepCall &call) const;
    void byId(std::shared_ptr<Work> work);
    void bySearch(std::shared_ptr<Work> work);
    void byRecent(std::shared_ptr<Work> work, std::string after = {});
    void byEmail(std::shared_ptr<Work> work, std::string after = {});
    void decide(std::shared_ptr<Work> work);
    void write(std::shared_ptr<Work> work, const std::string &id);
    void take(Work &work, const Value &object) const;
    Value paramsOf(const StepCall &call, Arena &arena) const;

    Parts m_parts;
    std::string m_object;
    /// Fields of the message that only say which object it is, and are no parameters.
    std::vector<std::string> m_names;
    const ApiOperation *m_create = nullptr;
    const ApiOperation *m_update = nullptr;
    const ApiOperation *m_list = nullptr;
    const ApiOperation *m_search = nullptr;
};

} // namespace tw::stripe
