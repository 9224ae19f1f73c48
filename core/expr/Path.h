// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Nodes.h"

namespace tw::expr {

struct Stage
{
    NodePtr predicate; ///< Or, when null, `#$variable` behind predicates:
    int index = -1;
};

struct Step
{
    NodePtr node;
    const NameNode *field = nullptr; ///< `node`, when that is a plain field name.
    const SortNode *sort = nullptr;  ///< `node`, when that is an order-by.
    bool many = false; ///< A wildcard: where it finds nothing, there is no item to ask about.
    bool tuple = false;
    bool cons = false;
    int focus = -1;
    int index = -1;
    int ancestor = -1;
    std::vector<Stage> stages;
};

/// A location path: steps applied one after the other, arrays flattened between them. Field names
/// at the front are followed without building anything as long as they meet objects.
class PathNode final : public Node
{
public:
    Value eval(Run &run, Value input, Frame *frame) const override;

    std::vector<Step> steps;
    NodeOf<GroupNode> group;
    bool keepSingleton = false;
    bool keepArray = false;
    bool yieldsTuples = false; ///< The path around this one wants the bindings as well.
    bool fromVariable = false;
    std::size_t plainFields = 0; ///< Leading steps that are fields without predicates.

private:
    Value rest(Run &run, Value sequence, std::size_t from, Frame *frame) const;
    Value finish(Run &run, Value sequence, Frame *frame) const;
    Value step(Run &run, const Step &step, const Value &input, Frame *frame, bool last) const;
    Value tupleStep(Run &run, const Step &step, const Value &input, const Value *bindings,
                    Frame *frame) const;
    Value sortTuples(Run &run, const Step &step, const Value &input, const Value *bindings,
                     Frame *frame) const;
    Value stages(Run &run, const Step &step, Value tuples, Frame *frame) const;
};

} // namespace tw::expr
