// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/Path.h"

#include "core/expr/Values.h"

#include <cmath>

namespace tw::expr {
namespace {

/// Gathers what one step gives for each item of its input. A single array that is no sequence is
/// the result of a last step as it stands; everything else is flattened by one level.
class StepResults
{
public:
    StepResults(Run &run, bool last) : m_items(run), m_last(last) {}

    void add(const Value &value)
    {
        if (m_count == 0)
            m_first = value;
        else {
            if (m_count == 1)
                m_items.flatten(m_first);
            m_items.flatten(value);
        }
        ++m_count;
    }
    Value finish()
    {
        if (m_count == 1) {
            const bool whole = m_first.isArray() && !m_first.has(Value::Sequence);
            if (m_last && whole)
                return m_first;
            if (m_first.isArray() && m_first.has(Value::Sequence) &&
                !m_first.has(Value::TupleStream))
                return m_first.withFlags(Value::Sequence);
            if (whole && !m_first.has(Value::Constructed))
                return m_first.withFlags(Value::Sequence);
            m_items.flatten(m_first);
        }
        return m_items.finish();
    }

private:
    Items m_items;
    Value m_first;
    std::uint32_t m_count = 0;
    bool m_last;
};

void collectField(Run &run, const Value &array, const Value &key, Items &out)
{
    for (const Value &item : array.items()) {
        if (item.isArray())
            collectField(run, item, key, out);
        else
            out.append(memberOf(run, item, key));
    }
}

/// How many times a predicate's answer picks the item at `index`.
int keeps(const Value &answer, std::int64_t index, std::int64_t size, Run &run)
{
    if (answer.isNumber()) {
        const double number = std::floor(answer.toDouble());
        if (!std::isfinite(number))
            return !run.fail("D1001").isUndefined();
        return (number < 0 ? number + static_cast<double>(size) : number) ==
               static_cast<double>(index);
    }
    if (!answer.isArray())
        return truth(answer);
    bool numbers = answer.size() > 0;
    for (const Value &item : answer.items())
        numbers = numbers && item.isNumber();
    if (!numbers)
        return truth(answer);
    int times = 0;
    for (const Value &item : answer.items())
        times += keeps(item, index, size, run);
    return times;
}

Value wrapped(Run &run, const Value &item, std::uint8_t flags = Value::Sequence)
{
    auto *one = run.make<Value>();
    *one = item;
    return Value::array(one, 1, flags);
}

Value itemAt(Run &run, double position, const Value &input)
{
    double index = std::floor(position);
    const bool array = input.isArray();
    const auto size = static_cast<double>(array ? input.size() : 1);
    if (index < 0)
        index += size;
    const std::uint8_t stream = array ? input.flags() & Value::TupleStream : 0;
    if (!(index >= 0 && index < size))
        return Value::array(nullptr, 0, Value::Sequence | stream);
    const Value item = array ? input.at(static_cast<std::uint32_t>(index)) : input;
    if (item.isArray())
        return item;
    if (item.isUndefined())
        return Value::array(nullptr, 0, Value::Sequence | stream);
    return wrapped(run, item, Value::Sequence | stream);
}

} // namespace

Value fieldOf(Run &run, const Value &input, const Value &key)
{
    if (!input.isArray())
        return memberOf(run, input, key);
    Items found(run);
    collectField(run, input, key, found);
    return found.finish();
}

Value NameNode::eval(Run &run, Value input, Frame *) const
{
    return input.isArray() ? collapsed(fieldOf(run, input, key)) : memberOf(run, input, key);
}

Value filter(Run &run, const Node &predicate, const Value &input, Frame *frame)
{
    const Value *literal = predicate.constant();
    if (literal && literal->isNumber())
        return itemAt(run, literal->toDouble(), input);
    const bool stream = input.isArray() && input.has(Value::TupleStream);
    const std::uint8_t flags = stream ? Value::Sequence | Value::TupleStream : Value::Sequence;
    const Value *items = input.isArray() ? input.items().data() : &input;
    const std::uint32_t count = input.isArray() ? input.size() : 1;
    Items kept(run);
    for (std::uint32_t i = 0; i < count && run.step(); ++i) {
        Value answer;
        if (stream) {
            const Tuple &tuple = tupleOf(items[i]);
            answer = predicate.eval(run, tuple.at, tupleFrame(run, frame, tuple));
        } else {
            answer = predicate.eval(run, items[i], frame);
        }
        if (run.failed())
            return {};
        int times = items[i].isUndefined() ? 0 : keeps(answer, i, count, run);
        for (; times > 0 && run.step(); --times)
            kept.add(items[i]);
    }
    return kept.finish(flags);
}

Frame *tupleFrame(Run &run, Frame *outer, const Tuple &tuple)
{
    auto *frame = run.make<Frame>();
    *frame = {outer, tuple.list};
    return frame;
}

Value tupleValue(Run &run, const Value &at, Binding *list)
{
    auto *tuple = run.make<Tuple>();
    *tuple = {at, list};
    return Value::function(tuple);
}

Value tupleItems(Run &run, const Value &stream)
{
    Items items(run);
    for (const Value &tuple : stream.items())
        items.add(tupleOf(tuple).at);
    return items.finish();
}

Value PathNode::eval(Run &run, Value input, Frame *frame) const
{
    if (!run.step())
        return {};
    std::size_t at = 0;
    while (at < plainFields && input.isObject())
        input = memberOf(run, input, steps[at++].field->key);
    if (at > 0 || (plainFields > 0 && !input.isArray())) {
        const bool plain = !keepSingleton && !group;
        if (at == steps.size() && input.isArray())
            return finish(
                run, input.has(Value::Sequence) ? input.withFlags(Value::Sequence) : input, frame);
        if (at == steps.size() && plain)
            return input;
        if (input.isUndefined() || (at < plainFields && !input.isArray()))
            return plain ? Value() : finish(run, Value::array(nullptr, 0, Value::Sequence), frame);
        const Value sequence = input.isArray() ? input : wrapped(run, input);
        return at == steps.size() ? finish(run, sequence, frame) : rest(run, sequence, at, frame);
    }
    const bool whole = input.isArray() && !fromVariable;
    return rest(run, whole ? input : wrapped(run, input), 0, frame);
}

Value PathNode::rest(Run &run, Value sequence, std::size_t from, Frame *frame) const
{
    if (from > 0 && sequence.size() == 0)
        return finish(run, Value::array(nullptr, 0, Value::Sequence), frame);
    Value tuples;
    bool streaming = false;
    for (std::size_t i = from; i < steps.size(); ++i) {
        const Step &next = steps[i];
        streaming = streaming || next.tuple;
        if (i == 0 && next.cons) {
            sequence = next.node->eval(run, sequence, frame);
        } else if (streaming) {
            tuples = tupleStep(run, next, sequence, tuples.isArray() ? &tuples : nullptr, frame);
        } else {
            sequence = step(run, next, sequence, frame, i + 1 == steps.size());
        }
        if (run.failed())
            return {};
        if (!streaming && (sequence.isUndefined() || (sequence.isArray() && sequence.size() == 0)))
            break;
        if (!streaming && !sequence.isArray())
            sequence = wrapped(run, sequence);
    }
    if (!streaming)
        return finish(run, sequence, frame);
    if (group) {
        const Value grouped = group->group(run, tuples, frame);
        return run.failed() ? Value() : grouped;
    }
    return yieldsTuples ? tuples : finish(run, tupleItems(run, tuples), frame);
}

Value PathNode::finish(Run &run, Value sequence, Frame *frame) const
{
    if (run.failed())
        return {};
    if (keepSingleton) {
        if (sequence.isArray() && sequence.has(Value::Constructed) &&
            !sequence.has(Value::Sequence))
            sequence = wrapped(run, sequence);
        else if (!sequence.isArray() && !sequence.isUndefined())
            sequence = wrapped(run, sequence);
        if (sequence.isArray())
            sequence = sequence.withFlags(sequence.flags() | Value::KeepSingleton);
    }
    if (group)
        return group->group(run, sequence, frame);
    return collapsed(sequence, keepArray);
}

Value PathNode::step(Run &run, const Step &step, const Value &input, Frame *frame, bool last) const
{
    if (step.sort) {
        Value sorted = step.sort->sort(run, input, frame);
        for (const Stage &stage : step.stages) {
            if (!run.failed())
                sorted = filter(run, *stage.predicate, sorted, frame);
        }
        return sorted.isArray() && sorted.size() == 0 ? Value() : sorted;
    }
    StepResults results(run, last);
    for (const Value &item : input.items()) {
        if (!run.step())
            return {};
        Value result;
        if (step.field && item.isObject())
            result = memberOf(run, item, step.field->key);
        else
            result = step.node->eval(run, item, frame);
        const bool nothing = step.many && result.isUndefined() && !item.isUndefined();
        for (const Stage &stage : step.stages) {
            if (!run.failed() && !nothing)
                result = filter(run, *stage.predicate, result, frame);
        }
        if (run.failed())
            return {};
        if (!result.isUndefined())
            results.add(result);
    }
    return results.finish();
}

namespace {

Binding *withBinding(Run &run, Binding *list, int name, const Value &value)
{
    auto *binding = run.make<Binding>();
    *binding = {name, list, value};
    return binding;
}

/// The bindings of `inner` in front of those of `outer`.
Binding *joined(Run &run, const Binding *inner, Binding *outer)
{
    if (!inner)
        return outer;
    return withBinding(run, joined(run, inner->next, outer), inner->name, inner->value);
}

} // namespace

Value PathNode::tupleStep(Run &run, const Step &step, const Value &input, const Value *bindings,
                          Frame *frame) const
{
    if (step.sort)
        return sortTuples(run, step, input, bindings, frame);
    Items made(run);
    const Value &rows = bindings ? *bindings : input;
    for (const Value &row : rows.items()) {
        if (!run.step() || !run.charge(0))
            return {};
        const Tuple tuple = bindings ? tupleOf(row) : Tuple{row, nullptr};
        const Value result = step.node->eval(run, tuple.at, tupleFrame(run, frame, tuple));
        if (run.failed())
            return {};
        const bool stream = result.isArray() && result.has(Value::TupleStream);
        const Value *items = result.isArray() ? result.items().data() : &result;
        const std::uint32_t count = result.isArray() ? result.size() : result.isUndefined() ? 0 : 1;
        for (std::uint32_t i = 0; i < count && run.step(); ++i) {
            if (stream) {
                const Tuple &inner = tupleOf(items[i]);
                made.add(tupleValue(run, inner.at, joined(run, inner.list, tuple.list)));
                continue;
            }
            Binding *list = tuple.list;
            if (step.focus >= 0)
                list = withBinding(run, list, step.focus, items[i]);
            if (step.index >= 0)
                list = withBinding(run, list, step.index, Value::integer(i));
            if (step.ancestor >= 0)
                list = withBinding(run, list, step.ancestor, tuple.at);
            made.add(tupleValue(run, step.focus >= 0 ? tuple.at : items[i], list));
        }
    }
    return stages(run, step, made.finish(Value::Sequence | Value::TupleStream), frame);
}

Value PathNode::sortTuples(Run &run, const Step &step, const Value &input, const Value *bindings,
                           Frame *frame) const
{
    Value sorted = step.sort->sort(run, bindings ? *bindings : input, frame);
    if (run.failed())
        return {};
    if (!bindings) {
        Items made(run);
        for (std::uint32_t i = 0; i < sorted.size(); ++i) {
            Binding *list =
                step.index < 0 ? nullptr : withBinding(run, nullptr, step.index, Value::integer(i));
            made.add(tupleValue(run, sorted.at(i), list));
        }
        sorted = made.finish();
    }
    return stages(run, step, sorted.withFlags(Value::Sequence | Value::TupleStream), frame);
}

Value PathNode::stages(Run &run, const Step &step, Value tuples, Frame *frame) const
{
    for (const Stage &stage : step.stages) {
        if (run.failed())
            return {};
        if (stage.predicate) {
            tuples = filter(run, *stage.predicate, tuples, frame);
            continue;
        }
        Items numbered(run);
        for (std::uint32_t i = 0; i < tuples.size(); ++i) {
            const Tuple &tuple = tupleOf(tuples.at(i));
            numbered.add(tupleValue(run, tuple.at,
                                    withBinding(run, tuple.list, stage.index, Value::integer(i))));
        }
        tuples = numbered.finish(Value::Sequence | Value::TupleStream);
    }
    return tuples;
}

} // namespace tw::expr
