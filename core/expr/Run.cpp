// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Run.h"

#include "core/expr/Errors.h"
#include "core/expr/Functions.h"
#include "core/expr/Node.h"

#include <cstring>

namespace tw::expr {
namespace {
/// Nested nodes that the native stack bears, counted by the height of each function called.
constexpr int kDeepestNesting = 6000;
} // namespace

void *GrowingEnds::extend(const void *end, std::size_t bytes)
{
    const auto at = reinterpret_cast<std::uintptr_t>(end);
    for (Place &place : m_places) {
        if (place.end != at || place.room < bytes)
            continue;
        place.end += bytes;
        place.room -= bytes;
        return reinterpret_cast<void *>(at);
    }
    return nullptr;
}

void GrowingEnds::keep(const void *end, std::size_t room)
{
    m_places[m_oldest] = {reinterpret_cast<std::uintptr_t>(end), room};
    m_oldest = (m_oldest + 1) % kPlaces;
}

Run::Run(Arena &memory, const Program &compiled, const Environment &surroundings)
    : arena(memory),
      program(&compiled),
      environment(surroundings),
      reads(surroundings.reads),
      m_bytesAtStart(memory.bytesUsed()),
      m_stack(reinterpret_cast<Value *>(m_inline))
{
    const Budget &budget = surroundings.budget;
    if (budget.wallClock.count() > 0)
        m_deadline = std::chrono::steady_clock::now() + budget.wallClock;
    if (budget.steps > 0 && budget.steps < static_cast<std::uint64_t>(kFuelStep)) {
        m_fuel = static_cast<std::int64_t>(budget.steps);
        m_granted = m_fuel;
    }
}

Run::~Run()
{
    if (m_stack != reinterpret_cast<Value *>(m_inline))
        ::operator delete(m_stack);
}

void Run::growStack()
{
    const std::uint32_t capacity = m_stackCapacity * 2;
    auto *stack = static_cast<Value *>(::operator new(capacity * sizeof(Value)));
    std::memcpy(static_cast<void *>(stack), m_stack, m_stackSize * sizeof(Value));
    if (m_stack != reinterpret_cast<Value *>(m_inline))
        ::operator delete(m_stack);
    m_stack = stack;
    m_stackCapacity = capacity;
    const std::uint64_t most = environment.budget.sequence;
    if (most > 0 && m_stackSize > most + most / 2)
        fail("D2015");
}

bool Run::refuel()
{
    if (m_failed)
        return false;
    m_stepsBefore += static_cast<std::uint64_t>(m_granted - m_fuel);
    const Budget &budget = environment.budget;
    const bool spent = budget.steps > 0 && m_stepsBefore > budget.steps;
    const bool late = m_deadline && std::chrono::steady_clock::now() > *m_deadline;
    m_granted = kFuelStep;
    if (budget.steps > 0 && !spent) {
        const std::uint64_t left = budget.steps - m_stepsBefore;
        if (left < static_cast<std::uint64_t>(m_granted))
            m_granted = static_cast<std::int64_t>(left);
    }
    m_fuel = m_granted;
    if (spent || late) {
        fail(budget.suiteCodes ? "U1001" : "D1012");
        return false;
    }
    return charge(0);
}

bool Run::charge(std::uint64_t bytes)
{
    const std::uint64_t limit = environment.budget.bytes;
    if (limit > 0 && arena.bytesUsed() - m_bytesAtStart + bytes > limit)
        fail("D2015");
    return !m_failed;
}

BudgetUse Run::use() const
{
    return {m_stepsBefore + static_cast<std::uint64_t>(m_granted - m_fuel),
            arena.bytesUsed() - m_bytesAtStart};
}

bool Run::enter(int height)
{
    m_nesting += height;
    if (++m_depth <= environment.budget.depth && m_nesting <= kDeepestNesting)
        return step();
    tooDeep();
    return false;
}

Value Run::fail(std::string_view code, const Node *at, std::string_view token,
                std::string_view shown, int argument)
{
    if (m_failed)
        return {};
    m_failed = true;
    m_error.code = code;
    m_error.token = token;
    m_error.value = shown;
    m_error.argument = argument;
    if (at) {
        m_error.position = at->position;
        m_error.start = at->start;
        m_error.end = at->end;
    }
    return {};
}

Value Run::failValue(std::string_view code, const Node *at, std::string_view token,
                     const Value &culprit, int argument)
{
    return m_failed ? Value() : fail(code, at, token, shortText(culprit), argument);
}

Value Run::failWith(ExpressionError error)
{
    if (!m_failed) {
        m_failed = true;
        m_error = std::move(error);
    }
    return {};
}

void Run::locate(const Node &at, std::string_view token)
{
    if (m_error.position < 0) {
        m_error.position = at.position;
        m_error.start = at.start;
        m_error.end = at.end;
    }
    if (m_error.token.empty())
        m_error.token = token;
}

void Run::bind(Frame &frame, int name, const Value &value)
{
    for (Binding *binding = frame.list; binding; binding = binding->next) {
        if (binding->name == name) {
            binding->value = value;
            return;
        }
    }
    auto *binding = make<Binding>();
    *binding = {name, frame.list, value};
    frame.list = binding;
}

Value Run::lookup(const Frame *frame, int name) const
{
    for (; frame; frame = frame->parent) {
        for (const Binding *binding = frame->list; binding; binding = binding->next) {
            if (binding->name == name)
                return binding->value;
        }
    }
    const std::vector<std::string> &names = program->names;
    return builtinValue(names[static_cast<std::size_t>(name)]);
}

Random &Run::random()
{
    if (!m_random)
        m_random.emplace(environment.seed);
    return *m_random;
}

Value Items::finish(std::uint8_t flags)
{
    const std::uint32_t count = size();
    const std::uint64_t most = m_run.environment.budget.sequence;
    if (most > 0 && count > most)
        return m_run.fail("D2015");
    if (count == 0)
        return Value::array(nullptr, 0, flags);
    const std::size_t bytes = std::size_t{count} * sizeof(Value);
    if (count > 256 && !m_run.charge(bytes))
        return {};
    auto *items = m_run.arena.allocateArray<Value>(count);
    std::memcpy(static_cast<void *>(items), data(), bytes);
    return Value::array(items, count, flags);
}

} // namespace tw::expr
