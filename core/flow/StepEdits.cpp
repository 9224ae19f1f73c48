// SPDX-License-Identifier: GPL-3.0-or-later
// The edits of FlowEditor that change steps.
#include "core/flow/FlowEditor.h"

#include "core/base/Text.h"
#include "core/flow/FlowReader.h"
#include "core/flow/LayoutText.h"

#include <algorithm>

namespace tw {
namespace {

std::string indexText(const FlowStep &step)
{
    return std::to_string(step.index);
}

std::string wordOf(const edit::AddStep &edit)
{
    if (!edit.id.empty())
        return edit.id;
    if (!edit.name.empty())
        return edit.name;
    return edit.type;
}

void addLine(std::string &block, std::string_view key, std::string_view value)
{
    if (!value.empty())
        block += std::string(key) + ": " + yamlScalar(value) + '\n';
}

std::string stepBlock(const edit::AddStep &edit, const std::string &id, const std::string &wires)
{
    std::string block;
    addLine(block, "id", id);
    addLine(block, "type", edit.type);
    addLine(block, "name", edit.name);
    addLine(block, "connection", edit.connection);
    if (edit.with && edit.with->root().isObject() && edit.with->root().size() > 0) {
        Arena arena;
        ObjectBuilder with(arena);
        with.set("with", edit.with->root());
        block += toYaml(with.finish()) + '\n';
    }
    if (!wires.empty())
        block += wires + '\n';
    block.pop_back();
    return block;
}

std::string ruleText(const RetryRule &rule)
{
    std::string text;
    const auto add = [&text](const char *key, const std::string &value) {
        text += (text.empty() ? "" : ", ") + std::string(key) + ": " + value;
    };
    if (rule.times)
        add("times", std::to_string(*rule.times));
    if (rule.first)
        add("first", durationText(*rule.first));
    if (rule.factor)
        add("factor", toYaml(Value::number(*rule.factor)));
    if (rule.longest)
        add("longest", durationText(*rule.longest));
    return rule.failure + ": {" + text + '}';
}

std::string retryText(const RetryPolicy &retry)
{
    const RetryPolicy standard;
    std::string text = "{times: " + std::to_string(retry.times);
    if (retry.first != standard.first)
        text += ", first: " + durationText(retry.first);
    if (retry.factor != standard.factor)
        text += ", factor: " + toYaml(Value::number(retry.factor));
    if (retry.longest != standard.longest)
        text += ", longest: " + durationText(retry.longest);
    if (retry.jitter != standard.jitter)
        text += ", jitter: none";
    if (retry.within != standard.within)
        text += ", within: " + durationText(retry.within);
    std::string rules;
    for (const RetryRule &rule : retry.rules)
        rules += (rules.empty() ? "" : ", ") + ruleText(rule);
    if (!rules.empty())
        text += ", for: {" + rules + '}';
    return text + '}';
}

/// The value wrapped into one map per key of `path` from `depth` on.
Value wrapped(Arena &arena, const YamlPath &path, std::size_t depth, const Value &value)
{
    Value inner = value;
    for (std::size_t i = path.size(); i > depth; --i) {
        ObjectBuilder outer(arena);
        outer.set(path[i - 1], inner);
        inner = outer.finish();
    }
    return inner;
}

bool sameValue(const YamlNode &node, const Value &value)
{
    Arena arena;
    return equals(node.toValue(arena), value);
}

} // namespace

Result<void> FlowEditor::run(const edit::AddStep &edit)
{
    return addStep(edit, {});
}

Result<void> FlowEditor::addStep(const edit::AddStep &edit, const std::string &wires)
{
    if (edit.type.empty())
        return configError("flow.unknown_type", "A step needs a type.");
    const std::string id = uniqueId(slug(wordOf(edit)));
    std::size_t index = 0;
    if (const YamlNode *steps = m_tree.find("steps"); steps && steps->isSequence())
        index = steps->items.size();
    if (!edit.afterStep.empty()) {
        auto after = need(edit.afterStep);
        if (!after)
            return std::move(after).error();
        index = (*after)->index + 1;
    }
    touch("Add " + (edit.name.empty() ? id : edit.name), {id});
    auto done = m_text.insertItem({"steps"}, index, stepBlock(edit, id, wires),
                                  keysBehind(flowKeys(), "steps"));
    return done ? writePlaces(m_text, {{id, {edit.at, std::nullopt, std::nullopt}}}) : done;
}

Result<void> FlowEditor::run(const edit::RemoveSteps &edit)
{
    Wiring wiring(m_flow);
    std::set<std::string> ids;
    std::vector<std::size_t> indexes;
    for (const std::string &id : edit.ids) {
        const auto step = need(id);
        if (!step)
            return step.error();
        if (ids.insert(id).second) {
            wiring.remove(id, edit.join);
            indexes.push_back((*step)->index);
        }
    }
    touch(edit.ids.size() == 1 ? "Remove " + edit.ids.front()
                               : "Remove " + std::to_string(edit.ids.size()) + " steps",
          {});
    for (const FlowStep &step : m_flow.steps) {
        if (ids.contains(step.id) || m_flow.step(step.id) != &step)
            continue;
        if (auto done = writeExits(step, wiring.of(step.id)); !done)
            return done;
    }
    if (auto done = removeFromGroups(ids); !done)
        return done;
    if (auto done = removePlaces({ids.begin(), ids.end()}); !done)
        return done;
    return removeItems("steps", indexes);
}

Result<void> FlowEditor::removePlaces(const std::vector<std::string> &ids)
{
    const YamlNode *layout = m_tree.find("layout");
    if (!layout || !layout->isMap())
        return {};
    for (const std::string &id : ids) {
        if (!layout->find(id))
            continue;
        if (auto done = m_text.remove({"layout", id}); !done)
            return done;
    }
    return {};
}

Result<void> FlowEditor::removeFromGroups(const std::set<std::string> &ids)
{
    std::vector<std::size_t> emptied;
    for (const FlowGroup &group : m_flow.groups) {
        FlowGroup left = group;
        std::erase_if(left.steps, [&](const std::string &step) { return ids.contains(step); });
        if (left.steps.size() == group.steps.size())
            continue;
        if (left.steps.empty())
            emptied.push_back(group.index);
        auto done = left.steps.empty() ? removePlaces({group.id}) : changeGroup(group, left);
        if (!done)
            return done;
    }
    return emptied.empty() ? Result<void>() : removeItems("groups", emptied);
}

Result<void> FlowEditor::run(const edit::SetSetting &edit)
{
    const auto step = need(edit.step);
    if (!step)
        return step.error();
    if (edit.path.empty())
        return configError("flow.no_such_setting", "The setting to change has no name.");
    // A field of a mapping in its group form is called by its name, not "value".
    const bool isGroup = edit.path.size() == 3 && edit.path.back() == "value";
    touch("Change " + (isGroup ? edit.path[1] : edit.path.back()), {edit.step});
    const Value value = edit.value ? edit.value->root() : Value();
    YamlPath full{"steps", indexText(**step), "with"};
    const YamlNode *known = (*step)->with;
    for (const std::string &key : edit.path) {
        known = known ? known->find(key) : nullptr;
        full.push_back(key);
    }
    if (value.isUndefined())
        return known ? m_text.remove(full) : Result<void>();
    if (known && !known->isNull() && sameValue(*known, value))
        return {};
    return fill({"steps", indexText(**step)}, full, value, keysBehind(stepKeys(), "with"));
}

/// Sets `full`, making the maps between `base` and it where they are missing.
Result<void> FlowEditor::fill(const YamlPath &base, const YamlPath &full, const Value &value,
                              const std::vector<std::string> &before)
{
    const YamlNode *node = &m_tree.find(base[0])->items[std::stoul(base[1])];
    std::size_t depth = base.size();
    while (depth + 1 < full.size()) {
        const YamlNode *next = node->find(full[depth]);
        if (!next || !next->isMap())
            break;
        node = next;
        ++depth;
    }
    Arena arena;
    const YamlPath path(full.begin(), full.begin() + static_cast<std::ptrdiff_t>(depth) + 1);
    return m_text.set(path, wrapped(arena, full, depth + 1, value),
                      depth == base.size() ? before : std::vector<std::string>());
}

Result<void> FlowEditor::run(const edit::SetStepField &edit)
{
    const auto step = need(edit.step);
    if (!step)
        return step.error();
    if (edit.field != "name" && edit.field != "connection" && edit.field != "disabled" &&
        edit.field != "note")
        return configError("flow.no_such_field",
                           "A step has no field " + inQuotes(edit.field) + '.');
    touch("Change " + edit.field, {edit.step});
    const Value value = edit.value ? edit.value->root() : Value();
    const bool clears = value.isUndefined() || value.isNull() ||
                        (value.isString() && value.size() == 0) ||
                        (edit.field == "disabled" && value.isBool() && !value.asBool());
    const YamlNode *known = (*step)->node->find(edit.field);
    const YamlPath path{"steps", indexText(**step), edit.field};
    if (clears)
        return known ? m_text.remove(path) : Result<void>();
    if (known && sameValue(*known, value))
        return {};
    return m_text.set(path, value, keysBehind(stepKeys(), edit.field));
}

Result<void> FlowEditor::run(const edit::SetRetry &edit)
{
    const auto step = need(edit.step);
    if (!step)
        return step.error();
    touch("Change retry", {edit.step});
    const YamlPath path{"steps", indexText(**step), "retry"};
    if (!edit.retry)
        return (*step)->node->find("retry") ? m_text.remove(path) : Result<void>();
    return m_text.setWritten(path, retryText(*edit.retry), keysBehind(stepKeys(), "retry"));
}

Result<void> FlowEditor::run(const edit::RenameStep &edit)
{
    const auto step = need(edit.id);
    if (!step)
        return step.error();
    if (!isStepId(edit.newId))
        return configError("flow.bad_id",
                           inQuotes(edit.newId) +
                               " cannot be the id of a step. Use lower-case letters, digits and "
                               "underscores, beginning with a letter.");
    touch("Rename " + edit.id, {edit.newId});
    if (edit.newId == edit.id)
        return {};
    if (uniqueId(edit.newId) != edit.newId)
        return configError("flow.duplicate_id", "The id " + inQuotes(edit.newId) + " is taken.");
    Wiring wiring(m_flow);
    wiring.rename(edit.id, edit.newId);
    if (auto done = writeWires(wiring); !done)
        return done;
    for (const FlowGroup &group : m_flow.groups) {
        FlowGroup renamed = group;
        std::replace(renamed.steps.begin(), renamed.steps.end(), edit.id, edit.newId);
        if (auto done = changeGroup(group, renamed); !done)
            return done;
    }
    const YamlNode *layout = m_tree.find("layout");
    if (layout && layout->find(edit.id)) {
        if (auto done = m_text.renameKey({"layout", edit.id}, edit.newId); !done)
            return done;
    }
    return m_text.setText({"steps", indexText(**step), "id"}, edit.newId);
}

} // namespace tw
