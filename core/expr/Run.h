// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Random.h"
#include "core/expr/Expression.h"
#include "core/expr/ReadTrace.h"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tw::expr {

class Node;
struct Program;

/// Marks of arrays that only live inside one evaluation.
constexpr std::uint8_t kOuterWrapper = 16; ///< The sequence put around an input array.

struct Binding
{
    int name; ///< Index into Program::names.
    Binding *next;
    Value value;
};

/// Variables of one block, lambda call or tuple. The newest binding of a name is met first.
struct Frame
{
    Frame *parent;
    Binding *list;
};

/// One row of a tuple stream: the context and what `@`, `#` and `%` have bound on the way.
struct Tuple
{
    Value at;
    Binding *list;
};

inline const Tuple &tupleOf(const Value &item)
{
    return *static_cast<const Tuple *>(item.callable());
}

/// Room kept behind texts and lists that grow: what is added to one again and again, as $reduce
/// does, is not copied each time. Values that end before the room are prefixes and stay as they
/// are.
class GrowingEnds
{
public:
    /// Room for `bytes` directly behind `end`; null when it was not made there or is used up.
    void *extend(const void *end, std::size_t bytes);
    void keep(const void *end, std::size_t room);

private:
    struct Place
    {
        std::uintptr_t end = 0;
        std::size_t room = 0;
    };
    static constexpr std::size_t kPlaces = 4;
    Place m_places[kPlaces];
    std::size_t m_oldest = 0;
};

/// Everything one evaluation needs: arena, budgets, the first error, a stack for items under
/// construction. Errors are a flag: after every call that may fail, ask failed() and get out.
class Run
{
public:
    Run(Arena &memory, const Program &compiled, const Environment &surroundings);
    ~Run();
    Run(const Run &) = delete;
    Run &operator=(const Run &) = delete;

    bool failed() const { return m_failed; }
    const ExpressionError &error() const { return m_error; }
    ExpressionError &error() { return m_error; }
    /// Remembers the first error only. Always undefined, so that callers can return it.
    Value fail(std::string_view code, const Node *at = nullptr, std::string_view token = {},
               std::string_view shown = {}, int argument = -1);
    Value failValue(std::string_view code, const Node *at, std::string_view token,
                    const Value &culprit, int argument = -1);
    Value failWith(ExpressionError error);
    /// Completes an error raised without a place.
    void locate(const Node &at, std::string_view token);

    /// Counts work. False when a budget is spent; the error is set then.
    bool step(std::uint32_t amount = 1)
    {
        m_fuel -= amount;
        return m_fuel >= 0 || refuel();
    }
    /// False, and an error, when `bytes` more would break the byte budget. Ask before anything big.
    bool charge(std::uint64_t bytes);
    BudgetUse use() const;
    bool enter(int height);
    void leave(int height)
    {
        --m_depth;
        m_nesting -= height;
    }
    Value tooDeep() { return fail(environment.budget.suiteCodes ? "U1001" : "D1011"); }

    void bind(Frame &frame, int name, const Value &value);
    Value lookup(const Frame *frame, int name) const;
    Random &random();

    template <typename T>
    T *make()
    {
        return static_cast<T *>(arena.allocate(sizeof(T), alignof(T)));
    }

    Arena &arena;
    const Program *program;
    const Environment &environment;
    ReadTrace *const reads; ///< Null unless somebody wants to know what is read.
    Value root;
    bool shadowed = false; ///< A binding from outside has a builtin's name.
    std::vector<std::shared_ptr<const Program>> programs; ///< What $eval has compiled.
    GrowingEnds growing;
    int constructed = 0; ///< Arrays and objects built: bounds how deep the result can be.

    /// A call in tail position, made by whoever called the function that asks for it.
    static constexpr int kMostTailArguments = 8;
    bool tailPending = false;
    int tailCount = 0;
    Value tailFunction;
    Value tailInput;
    const Node *tailSite = nullptr;
    Value tailArguments[kMostTailArguments];

private:
    friend class Items;
    bool refuel();
    void growStack();

    static constexpr std::uint32_t kInlineStack = 128;
    static constexpr std::int64_t kFuelStep = 1024;

    std::int64_t m_fuel = kFuelStep;
    std::int64_t m_granted = kFuelStep;
    std::uint64_t m_stepsBefore = 0;
    std::size_t m_bytesAtStart;
    std::uint32_t m_depth = 0;
    int m_nesting = 0;
    bool m_failed = false;
    Value *m_stack;
    std::uint32_t m_stackSize = 0;
    std::uint32_t m_stackCapacity = kInlineStack;
    std::optional<std::chrono::steady_clock::time_point> m_deadline;
    std::optional<Random> m_random;
    ExpressionError m_error;
    alignas(Value) unsigned char m_inline[kInlineStack * sizeof(Value)];
};

/// Collects items of a sequence on the run's stack and copies them to the arena once. Strictly
/// nested: the last one begun is the first one to end.
class Items
{
public:
    explicit Items(Run &run) : m_run(run), m_mark(run.m_stackSize) {}
    ~Items() { m_run.m_stackSize = m_mark; }
    Items(const Items &) = delete;
    Items &operator=(const Items &) = delete;

    void add(const Value &value)
    {
        if (m_run.m_stackSize == m_run.m_stackCapacity)
            m_run.growStack();
        m_run.m_stack[m_run.m_stackSize++] = value;
    }
    void addAll(std::span<const Value> values)
    {
        for (const Value &value : values)
            add(value);
    }
    /// Arrays give their items, anything else itself; undefined nothing.
    void append(const Value &value)
    {
        if (value.isArray())
            addAll(value.items());
        else if (!value.isUndefined())
            add(value);
    }
    /// As append(), but an array built by `[…]` at the end of a path stays one item.
    void flatten(const Value &value)
    {
        if (value.isArray() && !value.has(Value::Constructed))
            addAll(value.items());
        else if (!value.isUndefined())
            add(value);
    }
    std::uint32_t size() const { return m_run.m_stackSize - m_mark; }
    Value *data() { return m_run.m_stack + m_mark; }
    Value &operator[](std::uint32_t index) { return data()[index]; }
    /// An array in the arena; undefined with an error when it is larger than allowed.
    Value finish(std::uint8_t flags = Value::Sequence);
    /// What JSONata makes of a sequence: nothing, the only item, or the sequence.
    Value collapse()
    {
        const std::uint32_t count = size();
        return count == 0 ? Value() : count == 1 ? *data() : finish(Value::Sequence);
    }

private:
    Run &m_run;
    std::uint32_t m_mark;
};

/// A field of an object, told to whoever traces what is read.
inline Value memberOf(const Run &run, const Value &object, const Value &key)
{
    if (run.reads) [[unlikely]]
        run.reads->field(object, key.text());
    return object.get(key);
}

/// A sequence of one item is that item, an empty one nothing, unless marked to be kept.
inline Value collapsed(const Value &value, bool keep = false)
{
    if (!value.isArray() || !value.has(Value::Sequence) || value.has(Value::TupleStream))
        return value;
    if (value.size() == 0)
        return {};
    if (keep)
        return value.withFlags(value.flags() | Value::KeepSingleton);
    return value.size() == 1 && !value.has(Value::KeepSingleton) ? value.at(0) : value;
}

} // namespace tw::expr
