// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/mapping/Filling.h"

#include "core/mapping/FieldPolicy.h"

#include <algorithm>
#include <memory>

namespace tw {
namespace {

using State = FieldOutcome::State;

ExpressionError notFinite(const Value &value)
{
    const auto checked = checkFinite(value);
    ExpressionError error;
    error.code = "expr.not_finite";
    error.message = checked ? std::string() : checked.error().message;
    if (!checked && !checked.error().where.empty())
        error.message += " Look at " + checked.error().where + '.';
    return error;
}

bool isRunOut(std::string_view code)
{
    return code == "D1012" || code == "U1001" || code == "D2015";
}

} // namespace

FieldError fieldError(const MappingField &field, ExpressionError error)
{
    const std::string &text = field.expression;
    const bool hasPlace = error.start >= 0 && error.end > error.start &&
                          static_cast<std::size_t>(error.end) <= text.size();
    if (!hasPlace && error.phase == ExpressionError::Phase::Evaluate) {
        error.start = 0;
        error.end = static_cast<int>(text.size());
    }
    std::string part = hasPlace ? text.substr(static_cast<std::size_t>(error.start),
                                              static_cast<std::size_t>(error.end - error.start))
                                : text;
    return {field.target, std::move(error), std::move(part)};
}

Filling::Filling(const CompiledMapping::Program &program)
    : m_program(program),
      m_values(m_scratch.allocateArray<Value>(program.fields.size()), program.fields.size()),
      m_states(m_scratch.allocateArray<State>(program.fields.size()), program.fields.size())
{
    std::uninitialized_fill(m_values.begin(), m_values.end(), Value());
    std::uninitialized_fill(m_states.begin(), m_states.end(), State::Missing);
}

bool Filling::fillTogether(const Value &input, const Environment &environment)
{
    if (!m_program.together || input.isArray())
        return false;
    auto all = m_program.together->evaluate(m_scratch, input, environment);
    if (environment.use)
        m_use = *environment.use;
    if (!all)
        return false;
    // The members stand in the order of the fields; those without a value are not there.
    const auto members = all->members();
    std::size_t at = 0;
    for (std::size_t i = 0; i < m_values.size(); ++i) {
        const bool isThere = at < members.size() && sameKey(members[at].key, m_program.keys[i]);
        fill(i, isThere ? members[at++].value : Value(), m_scratch);
    }
    return true;
}

void Filling::fillOneByOne(const Value &input, const Environment &environment)
{
    Allowance allowance(environment);
    std::vector<std::size_t> hungry;
    for (std::size_t i = 0; i < m_values.size(); ++i) {
        if (!fillAlone(i, input, allowance, Turn::First))
            hungry.push_back(i);
    }
    for (const std::size_t field : hungry)
        fillAlone(field, input, allowance, Turn::Last);
    std::ranges::sort(m_failures, {}, &Failure::field);
}

bool Filling::fillAlone(std::size_t field, const Value &input, Allowance &allowance, Turn turn)
{
    m_fieldScratch.reset();
    Environment &shared =
        allowance.next(turn == Turn::First ? Allowance::Share::Half : Allowance::Share::All);
    const std::uint64_t whole = allowance.whole().result;
    shared.budget.result = whole == 0 ? 0 : whole - std::min(m_size, whole - 1);
    BudgetUse use;
    shared.use = &use;
    auto value = m_program.fields[field].evaluate(m_fieldScratch, input, shared);
    allowance.spend(use);
    m_use.steps += use.steps;
    m_use.bytes += use.bytes;
    m_size += use.result;
    if (value) {
        fill(field, *value, m_fieldScratch);
        return true;
    }
    if (turn == Turn::First && isRunOut(value.error().code))
        return false;
    fail(field, std::move(value).error());
    return true;
}

void Filling::fill(std::size_t field, const Value &value, Arena &scratch)
{
    const MappingField &wanted = m_program.mapping.fields[field];
    const bool isThere = value.kind() > Value::Kind::Null && !value.isFunction();
    if (isThere && wanted.list == ListPolicy::AsIs)
        return keep(field, value, State::Filled);
    ShapedValue made = shaped(wanted, value, scratch);
    if (made.error)
        return fail(field, std::move(*made.error));
    keep(field, made.value, made.state);
}

void Filling::keep(std::size_t field, const Value &value, State state)
{
    bool finite = true;
    m_values[field] = copyFinite(m_message.arena(), value, finite);
    m_states[field] = state;
    if (!finite)
        fail(field, notFinite(value));
}

void Filling::fail(std::size_t field, ExpressionError error)
{
    m_values[field] = {};
    m_states[field] = State::Failed;
    m_failures.push_back({field, std::move(error)});
}

std::optional<Error> Filling::error() const
{
    if (m_failures.empty())
        return std::nullopt;
    const auto &fields = m_program.mapping.fields;
    const Failure &first = m_failures.front();
    Error error = fieldError(fields[first.field], first.error).toError();
    std::string others;
    for (std::size_t i = 1; i < m_failures.size(); ++i)
        others += (i > 1 ? ", " : "") + fields[m_failures[i].field].target;
    if (!others.empty())
        error.message += " These failed too: " + others + '.';
    return error;
}

bool Filling::ranOut() const
{
    return std::any_of(m_failures.begin(), m_failures.end(),
                       [](const Failure &failure) { return isRunOut(failure.error.code); });
}

DocumentPtr Filling::message()
{
    m_message.setRoot(m_program.tree.build(m_message.arena(), m_values));
    return share(std::move(m_message));
}

MappingOutcome Filling::outcome()
{
    MappingOutcome outcome;
    const auto &fields = m_program.mapping.fields;
    outcome.fields.reserve(fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i)
        outcome.fields.push_back({fields[i].target, m_states[i], m_values[i], std::nullopt});
    for (Failure &failure : m_failures)
        outcome.fields[failure.field].error =
            fieldError(fields[failure.field], std::move(failure.error));
    outcome.message = message();
    return outcome;
}

} // namespace tw
