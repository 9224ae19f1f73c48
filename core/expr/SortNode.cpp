// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/MergeSort.h"
#include "core/expr/Nodes.h"
#include "core/expr/Utf8.h"
#include "core/expr/Values.h"

#include <numeric>

namespace tw::expr {
namespace {

/// Compares items by the terms of an order-by; a term's value is worked out once per item, and
/// only when an earlier term leaves the order open.
class SortKeys
{
public:
    SortKeys(Run &run, const SortNode &node, const Value &input, Frame *frame)
        : m_run(run),
          m_node(node),
          m_input(input),
          m_frame(frame),
          m_keys(node.terms.size() * input.size()),
          m_known(m_keys.size())
    {}

    bool before(std::uint32_t a, std::uint32_t b)
    {
        for (std::size_t term = 0; term < m_node.terms.size(); ++term) {
            const int order = compare(term, key(term, a), key(term, b));
            if (m_run.failed() || order != 0)
                return order < 0 && !m_run.failed();
        }
        return false;
    }

private:
    const Value &key(std::size_t term, std::uint32_t item)
    {
        const std::size_t at = term * m_input.size() + item;
        if (!m_known[at] && !m_run.failed() && m_run.step()) {
            m_known[at] = true;
            const Node &expression = *m_node.terms[term].expression;
            if (m_input.has(Value::TupleStream)) {
                const Tuple &tuple = tupleOf(m_input.at(item));
                m_keys[at] = expression.eval(m_run, tuple.at, tupleFrame(m_run, m_frame, tuple));
            } else {
                m_keys[at] = expression.eval(m_run, m_input.at(item), m_frame);
            }
        }
        return m_keys[at];
    }

    int compare(std::size_t term, const Value &a, const Value &b)
    {
        if (m_run.failed())
            return 0;
        if (a.isUndefined() || b.isUndefined())
            return a.isUndefined() && b.isUndefined() ? 0 : a.isUndefined() ? 1 : -1;
        for (const Value *value : {&a, &b}) {
            if (!value->isNumber() && !value->isString()) {
                m_run.failValue("T2008", &m_node, {}, *value);
                return 0;
            }
        }
        if (a.isNumber() != b.isNumber()) {
            m_run.failValue("T2007", &m_node, {}, b);
            return 0;
        }
        int order = 0;
        if (a.isNumber()) {
            const double x = numberOf(a);
            const double y = numberOf(b);
            order = x < y ? -1 : x > y ? 1 : 0;
        } else {
            order = utf8::compare(a.text(), b.text());
        }
        return m_node.terms[term].descending ? -order : order;
    }

    Run &m_run;
    const SortNode &m_node;
    const Value &m_input;
    Frame *m_frame;
    std::vector<Value> m_keys;
    std::vector<bool> m_known;
};

} // namespace

Value SortNode::sort(Run &run, const Value &input, Frame *frame) const
{
    if (!input.isArray() || input.size() <= 1)
        return input;
    SortKeys keys(run, *this, input, frame);
    std::vector<std::uint32_t> order(input.size());
    std::iota(order.begin(), order.end(), 0u);
    mergeSort(order, [&keys](std::uint32_t a, std::uint32_t b) { return keys.before(a, b); });
    if (run.failed())
        return {};
    Items sorted(run);
    for (const std::uint32_t index : order)
        sorted.add(input.at(index));
    return sorted.finish(input.flags() & Value::TupleStream);
}

} // namespace tw::expr
