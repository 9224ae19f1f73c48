// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/mapping/Mapping.h"

namespace tw {

/// Why one field could not be filled: the field, the very part of its expression, the value at
/// fault. Besides the codes of expressions: `map.missing_value`, `map.several_values`,
/// `map.not_joinable`, `expr.not_finite`, `map.bad_target`, `map.target_conflict`.
struct FieldError
{
    std::string target;
    ExpressionError error; ///< Offsets count in the field's own expression.
    std::string part;      ///< The faulty part of the expression: "amount / 0".

    /// Rejected (Config when it does not compile), naming the field in words; the value itself
    /// stays out of it (it may be personal).
    Error toError() const;
};

/// What one field got from one message.
struct FieldOutcome
{
    enum class State {
        Filled,
        Missing,   ///< Left out: the other side keeps what it has.
        Cleared,   ///< Null: the other side empties the field.
        Defaulted, ///< The default of the field stepped in.
        Failed
    };
    std::string target;
    State state = State::Missing;
    Value value; ///< Lives in the document of its outcome; undefined where missing or failed.
    std::optional<FieldError> error;
};

/// All fields of one message, in the order of the mapping.
struct MappingOutcome
{
    DocumentPtr message; ///< What would be sent; holds the fields that worked.
    std::vector<FieldOutcome> fields;
    bool failed() const;
};

/// A message to try a mapping on. `event`, where given, is `$event`.
struct MappingSample
{
    DocumentPtr input;
    DocumentPtr event;
};

/// How far a mapping covers a target. Fields inside groups count, the groups do not.
struct Coverage
{
    int mapped = 0;
    int total = 0;                         ///< Writable fields of the target.
    std::vector<std::string> openRequired; ///< Required and not mapped.
    std::vector<std::string> open;         ///< Not required and not mapped.
    std::vector<std::string> unknown;      ///< Mapped, but not there or read only.
    std::vector<std::string> mayBeMissing; ///< Required, mapped, but missing (or null) in a sample.
};

/// A mapping compiled to one program; immutable, shared between threads. run() is the fast way of a
/// running flow; outcome() tells field by field and is what previews use.
class CompiledMapping
{
public:
    /// The first field that does not compile, as FieldError.
    static Result<CompiledMapping, FieldError> compile(Mapping mapping);

    const Mapping &mapping() const;
    /// The message, or the first field that failed: Rejected `map.…` or `expr.…`.
    Result<DocumentPtr> run(const Value &input, const Environment &environment) const;
    MappingOutcome outcome(const Value &input, const Environment &environment) const;
    /// outcome() over many samples with one budget for all: what is left out then has no message.
    std::vector<MappingOutcome> preview(std::span<const DocumentPtr> samples,
                                        const Environment &environment) const;
    std::vector<MappingOutcome> preview(std::span<const MappingSample> samples,
                                        const Environment &environment) const;

    struct Program; ///< For core/mapping alone.

private:
    explicit CompiledMapping(std::shared_ptr<const Program> program);
    std::shared_ptr<const Program> m_program;
};

/// Which fields of `target` are mapped, which required ones are open. `outcomes` (may be empty)
/// tell which required ones were missing in samples.
Coverage coverageOf(const Mapping &mapping, const Shape &target,
                    std::span<const MappingOutcome> outcomes = {});

} // namespace tw
