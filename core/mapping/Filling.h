// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/mapping/Allowance.h"
#include "core/mapping/CompiledMapping.h"
#include "core/mapping/TargetTree.h"

namespace tw {

struct CompiledMapping::Program
{
    Mapping mapping;
    std::vector<Expression> fields;
    std::vector<Value> keys; ///< Targets, as the members of `together` are called.
    std::optional<Expression> together;
    TargetTree tree;
};

/// An error of a field's own expression, with the part that it points to.
FieldError fieldError(const MappingField &field, ExpressionError error);

/// Fills the fields of one message: all at once, or one by one when that fails or the input is a
/// list (which a constructor would take apart). Made for one message; the program must outlive it.
class Filling
{
public:
    explicit Filling(const CompiledMapping::Program &program);

    /// False: nothing is filled, because an expression failed or a constructor will not do.
    /// Asked once, before the other.
    bool fillTogether(const Value &input, const Environment &environment);
    /// All fields share the budget; one that would use it up alone fails alone: it gets half of
    /// what is left, and the rest when all others had theirs.
    void fillOneByOne(const Value &input, const Environment &environment);

    /// Of the first field that failed, with the names of the others.
    std::optional<Error> error() const;
    bool ranOut() const; ///< A field failed because the budget was spent.
    const BudgetUse &use() const { return m_use; }
    /// Once, at the end: one or the other.
    DocumentPtr message();
    MappingOutcome outcome();

private:
    struct Failure
    {
        std::size_t field;
        ExpressionError error;
    };
    enum class Turn { First, Last };
    /// False: the field ran out of its share and wants another turn.
    bool fillAlone(std::size_t field, const Value &input, Allowance &allowance, Turn turn);
    void fill(std::size_t field, const Value &value, Arena &scratch);
    void keep(std::size_t field, const Value &value, FieldOutcome::State state);
    void fail(std::size_t field, ExpressionError error);

    const CompiledMapping::Program &m_program;
    Document m_message;
    Arena m_scratch;
    Arena m_fieldScratch;      ///< Of one field at a time.
    std::span<Value> m_values; ///< In m_scratch.
    std::span<FieldOutcome::State> m_states;
    std::vector<Failure> m_failures; ///< By field.
    BudgetUse m_use;
    std::uint64_t m_size = 0; ///< Of the results together; bounded by the budget for one.
};

} // namespace tw
