// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/FunctionTable.h"
#include "core/expr/RegexProblem.h"
#include "core/expr/Run.h"
#include "core/expr/Signature.h"

#include <re2/re2.h>

#include <memory>
#include <string_view>

namespace tw::expr {

/// What a Value of kind Function points at.
struct Callable
{
    enum class Type : std::uint8_t {
        Builtin,
        Lambda,
        Partial,
        Regex,
        NextMatch,
        Composed,
        Transform
    };
    Type type;
    int arity; ///< How many arguments higher-order functions hand over.
};

/// The arguments of one builtin call, already checked against its signature.
struct Call
{
    Run &run;
    Value *args;
    int count;
    Value input;
    Frame *frame;
    std::string_view name;
    int given; ///< Arguments that the call wrote; `count` is what the signature made of them.

    Value arg(int index) const { return index < count ? args[index] : Value(); }
};

using BuiltinCode = Value (*)(Call &call);

struct BuiltinEntry
{
    FunctionInfo info;
    BuiltinCode code;
    int arity;
};

struct Builtin : Callable
{
    const BuiltinEntry *entry;
    Signature signature;
};

class LambdaNode;
class TransformNode;

struct Closure : Callable
{
    const LambdaNode *code;
    Value input;
    Frame *frame;
};

struct PartialCall : Callable
{
    Value function;
    const Value *args; ///< Placeholders have the flag kPlaceholder.
    int count;
};
constexpr std::uint8_t kPlaceholder = 0x80;

struct Matcher : Callable
{
    std::unique_ptr<re2::RE2> regex;
    std::string source;
};

struct NextMatch : Callable
{
    const Matcher *matcher;
    std::string_view text;
    std::size_t from;
};

struct Composed : Callable
{
    Value first;
    Value second;
};

struct TransformCall : Callable
{
    const TransformNode *code;
    Value input;
    Frame *frame;
};

inline const Callable *callableOf(const Value &value)
{
    return value.isFunction() ? static_cast<const Callable *>(value.callable()) : nullptr;
}

const Builtin *findBuiltin(std::string_view name);
Value builtinValue(std::string_view name); ///< Undefined when there is none.
std::span<const BuiltinEntry> builtinEntries();

/// Calls any function value. The result may be an uncollapsed sequence. `site` gives errors a
/// place.
Value callFunction(Run &run, const Value &function, const Value *args, int count,
                   const Value &input, Frame *frame, const Node *site = nullptr,
                   std::string_view name = {});
Value callBuiltin(Run &run, const Builtin &builtin, const Value *args, int count,
                  const Value &input, Frame *frame);
/// For higher-order functions: hands over as many of the three as the function takes.
Value callBack(Call &call, const Value &function, const Value &item, const Value &second,
               const Value &third);

/// Null with a problem when the pattern cannot be used.
std::unique_ptr<Matcher> makeMatcher(std::string_view pattern, std::string_view flags,
                                     RegexProblem &problem);
/// The match object of the first match at or behind `from`, or undefined.
Value firstMatch(Run &run, const Matcher &matcher, std::string_view text, std::size_t from);
/// The one behind an earlier match.
Value nextMatch(Run &run, const NextMatch &next);
Value applyTransform(Run &run, const TransformCall &transform, const Value &target);

} // namespace tw::expr
