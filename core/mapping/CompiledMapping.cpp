// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/mapping/CompiledMapping.h"

#include "core/data/Json.h"
#include "core/mapping/Allowance.h"
#include "core/mapping/Filling.h"
#include "core/schema/MappingForm.h"

namespace tw {
namespace {

FieldError badTarget(const MappingField &field, std::string code, std::string message)
{
    FieldError failed;
    failed.target = field.target;
    failed.error.code = std::move(code);
    failed.error.message = std::move(message);
    failed.error.phase = ExpressionError::Phase::Compile;
    failed.part = field.expression;
    return failed;
}

Result<TargetTree, FieldError> treeOf(const std::vector<MappingField> &fields)
{
    std::vector<std::vector<std::string>> paths;
    for (const MappingField &field : fields) {
        auto path = mapping_form::targetPath(field.target);
        if (!path)
            return badTarget(field, path.error().code, path.error().message);
        paths.push_back(std::move(*path));
    }
    if (const auto both = mapping_form::conflictingTargets(paths))
        return badTarget(fields[both->second], "map.target_conflict",
                         "The field " + fields[both->first].target + " is filled there already.");
    return TargetTree(paths);
}

/// All fields as one object constructor; those with variables in a block, so that these stay
/// theirs.
std::optional<Expression> together(const std::vector<MappingField> &fields)
{
    std::string text = "{";
    for (const MappingField &field : fields) {
        text += text.size() > 1 ? "," : "";
        appendJsonString(text, field.target);
        const bool hasVariables = field.expression.find(":=") != std::string::npos;
        text += (hasVariables ? ":(\n" : ":\n") + field.expression + (hasVariables ? "\n)" : "\n");
    }
    auto compiled = Expression::compile(text + '}');
    return compiled ? std::optional(std::move(*compiled)) : std::nullopt;
}

} // namespace

CompiledMapping::CompiledMapping(std::shared_ptr<const Program> program)
    : m_program(std::move(program))
{}

Result<CompiledMapping, FieldError> CompiledMapping::compile(Mapping mapping)
{
    auto program = std::make_shared<Program>();
    program->mapping = std::move(mapping);
    for (const MappingField &field : program->mapping.fields) {
        auto compiled = Expression::compile(field.expression);
        if (!compiled)
            return fieldError(field, std::move(compiled).error());
        program->fields.push_back(std::move(*compiled));
        program->keys.push_back(Value::key(field.target));
    }
    auto tree = treeOf(program->mapping.fields);
    if (!tree)
        return std::move(tree).error();
    program->tree = std::move(*tree);
    program->together = together(program->mapping.fields);
    return CompiledMapping(std::move(program));
}

const Mapping &CompiledMapping::mapping() const
{
    return m_program->mapping;
}

Result<DocumentPtr> CompiledMapping::run(const Value &input, const Environment &environment) const
{
    Filling filling(*m_program);
    if (!filling.fillTogether(input, environment))
        filling.fillOneByOne(input, environment);
    if (auto failed = filling.error())
        return std::move(*failed);
    return filling.message();
}

MappingOutcome CompiledMapping::outcome(const Value &input, const Environment &environment) const
{
    Filling filling(*m_program);
    if (!filling.fillTogether(input, environment))
        filling.fillOneByOne(input, environment);
    return filling.outcome();
}

std::vector<MappingOutcome> CompiledMapping::preview(std::span<const DocumentPtr> samples,
                                                     const Environment &environment) const
{
    std::vector<MappingSample> inputs;
    for (const DocumentPtr &sample : samples)
        inputs.push_back({sample, nullptr});
    return preview(inputs, environment);
}

std::vector<MappingOutcome> CompiledMapping::preview(std::span<const MappingSample> samples,
                                                     const Environment &environment) const
{
    std::vector<MappingOutcome> outcomes(samples.size());
    Allowance allowance(environment);
    for (std::size_t i = 0; i < samples.size() && !allowance.isSpent(); ++i) {
        Environment &shared = allowance.next();
        const std::size_t bindings = shared.bindings.size();
        if (samples[i].event)
            shared.bindings.push_back({"event", samples[i].event->root()});
        BudgetUse use;
        shared.use = &use;
        Filling filling(*m_program);
        const Value input = samples[i].input ? samples[i].input->root() : Value();
        if (!filling.fillTogether(input, shared))
            filling.fillOneByOne(input, shared);
        allowance.spend(filling.use());
        shared.bindings.resize(bindings);
        // What only failed because others had used up the budget is left out, not failed.
        if (i > 0 && allowance.isSpent() && filling.ranOut())
            break;
        outcomes[i] = filling.outcome();
    }
    return outcomes;
}

} // namespace tw
