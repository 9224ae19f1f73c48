// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/FlowEditor.h"

#include "core/base/Text.h"
#include "core/flow/FlowReader.h"
#include "core/flow/LayoutText.h"

#include <algorithm>

namespace tw {

Result<AppliedEdit> FlowEditor::apply(const FlowEdit &edit)
{
    auto done = std::visit([this](const auto &one) { return run(one); }, edit);
    if (!done)
        return std::move(done).error();
    m_applied.changes = m_text.takeChanges();
    return std::move(m_applied);
}

Result<const FlowStep *> FlowEditor::need(const std::string &id) const
{
    if (const FlowStep *step = m_flow.step(id))
        return step;
    return configError("flow.no_such_step", "There is no step " + inQuotes(id) + " in this flow.");
}

std::string FlowEditor::uniqueId(const std::string &wanted) const
{
    const auto taken = [this](const std::string &id) {
        return m_flow.step(id) || m_flow.note(id) || m_flow.group(id);
    };
    std::string id = wanted;
    for (int i = 2; taken(id); ++i)
        id = wanted + '_' + std::to_string(i);
    return id;
}

void FlowEditor::touch(std::string title, std::vector<std::string> steps)
{
    m_applied.title = std::move(title);
    m_applied.steps = std::move(steps);
}

Result<void> FlowEditor::run(const edit::MoveCards &edit)
{
    std::map<std::string, CardPlace> places;
    std::vector<std::string> ids;
    for (const auto &[id, at] : edit.positions) {
        if (!m_flow.step(id) && !m_flow.note(id) && !m_flow.group(id))
            return configError("flow.no_such_step",
                               "There is nothing called " + inQuotes(id) + '.');
        const auto known = m_flow.layout.find(id);
        if (known != m_flow.layout.end() && known->second == at)
            continue;
        places[id].at = at;
        ids.push_back(id);
    }
    touch(ids.size() == 1 ? "Move " + ids.front() : "Move " + std::to_string(ids.size()) + " cards",
          ids);
    return writePlaces(m_text, places);
}

Result<void> FlowEditor::run(const edit::SetNote &edit)
{
    const FlowNote *known = m_flow.note(edit.note.id);
    if (edit.note.text.empty()) {
        if (!known)
            return configError("flow.no_such_note",
                               "There is no note " + inQuotes(edit.note.id) + " in this flow.");
        touch("Remove note", {});
        return removeNote(*known);
    }
    touch(known ? "Change note" : "Add note", {});
    const std::string id =
        known ? known->id : uniqueId(edit.note.id.empty() ? "note" : slug(edit.note.id));
    if (!known || known->text != edit.note.text) {
        if (known) {
            auto done =
                m_text.setText({"notes", std::to_string(known->index), "text"}, edit.note.text);
            if (!done)
                return done;
        } else {
            Arena arena;
            ObjectBuilder note(arena);
            note.set("id", Value::string(id));
            note.set("text", Value::string(edit.note.text));
            auto done = m_text.insertItem({"notes"}, m_flow.notes.size(), toYaml(note.finish()),
                                          keysBehind(flowKeys(), "notes"));
            if (!done)
                return done;
        }
    }
    const FlowNote standard;
    const FlowNote &before = known ? *known : standard;
    CardPlace place{edit.at, std::nullopt, std::nullopt};
    if (edit.note.width != before.width || edit.note.height != before.height) {
        place.width = edit.note.width;
        place.height = edit.note.height;
    }
    const auto position = m_flow.layout.find(id);
    const bool stays =
        known && position != m_flow.layout.end() && position->second == edit.at && !place.width;
    return stays ? Result<void>() : writePlaces(m_text, {{id, place}});
}

Result<void> FlowEditor::removeNote(const FlowNote &note)
{
    if (auto done = removePlaces({note.id}); !done)
        return done;
    return removeItems("notes", {note.index});
}

/// A list that loses its last item goes as well.
Result<void> FlowEditor::removeItems(const std::string &key, std::vector<std::size_t> indexes)
{
    const YamlNode *list = m_tree.find(key);
    if (list && list->items.size() == indexes.size())
        return m_text.remove({key});
    std::sort(indexes.rbegin(), indexes.rend());
    for (const std::size_t index : indexes) {
        if (auto done = m_text.remove({key, std::to_string(index)}); !done)
            return done;
    }
    return {};
}

Result<void> FlowEditor::run(const edit::SetGroup &edit)
{
    const FlowGroup *known = m_flow.group(edit.group.id);
    if (edit.group.steps.empty()) {
        if (!known)
            return configError("flow.no_such_group",
                               "There is no group " + inQuotes(edit.group.id) + " in this flow.");
        touch("Ungroup", known->steps);
        if (auto done = removePlaces({known->id}); !done)
            return done;
        return removeItems("groups", {known->index});
    }
    for (const std::string &step : edit.group.steps) {
        if (auto found = need(step); !found)
            return std::move(found).error();
    }
    touch(known ? "Change group" : "Group steps", edit.group.steps);
    if (known)
        return changeGroup(*known, edit.group);
    const std::string title = edit.group.title.empty() ? "Group" : edit.group.title;
    const std::string id = uniqueId(slug(edit.group.id.empty() ? title : edit.group.id));
    std::string item = "{id: " + flowScalar(id) + ", title: " + flowScalar(title) +
                       (edit.group.folded ? ", folded: true" : "") +
                       ", steps: " + flowList(edit.group.steps) + '}';
    return m_text.insertItem({"groups"}, m_flow.groups.size(), item,
                             keysBehind(flowKeys(), "groups"));
}

Result<void> FlowEditor::changeGroup(const FlowGroup &known, const FlowGroup &wanted)
{
    const YamlPath group{"groups", std::to_string(known.index)};
    const auto at = [&](const char *key) { return YamlPath{group[0], group[1], key}; };
    Result<void> done;
    if (known.title != wanted.title)
        done = m_text.setText(at("title"), wanted.title, {"folded", "steps"});
    if (done && known.folded != wanted.folded) {
        done = wanted.folded ? m_text.set(at("folded"), Value::boolean(true), {"steps"})
                             : m_text.remove(at("folded"));
    }
    if (done && known.steps != wanted.steps)
        done = m_text.setWritten(at("steps"), flowList(wanted.steps));
    return done;
}

Result<void> FlowEditor::run(const edit::SetFlowField &edit)
{
    const auto &order = flowKeys();
    if (edit.field != "name" && edit.field != "version" && edit.field != "description")
        return configError("flow.no_such_field",
                           "A flow has no field " + inQuotes(edit.field) + '.');
    touch("Change " + edit.field, {});
    const YamlNode *known = m_tree.find(edit.field);
    if (edit.value.empty())
        return known ? m_text.remove({edit.field}) : Result<void>();
    if (known && known->isScalar() && known->scalar == edit.value)
        return {};
    return m_text.setText({edit.field}, edit.value, keysBehind(order, edit.field));
}

Result<void> FlowEditor::run(const edit::SetConnection &edit)
{
    if (!isName(edit.name))
        return configError("flow.bad_id", inQuotes(edit.name) +
                                              " cannot be the name of a connection. "
                                              "Use lower-case letters, digits and underscores.");
    const YamlNode *all = m_tree.find("connections");
    const bool known = m_flow.connections.contains(edit.name);
    if (edit.type.empty()) {
        touch("Remove connection", {});
        return known ? m_text.remove({"connections", edit.name}) : Result<void>();
    }
    touch(known ? "Change connection" : "Add connection", {});
    if (known && m_flow.connections.at(edit.name) == edit.type)
        return {};
    if (all && all->isMap())
        return m_text.setText({"connections", edit.name}, edit.type);
    return m_text.setWritten({"connections"}, '{' + edit.name + ": " + flowScalar(edit.type) + '}',
                             keysBehind(flowKeys(), "connections"));
}

Result<void> FlowEditor::run(const edit::ReplaceText &edit)
{
    if (edit.offset > m_text.text().size() || edit.length > m_text.text().size() - edit.offset)
        return configError("flow.out_of_text", "The place to change is not in the text.");
    touch("Edit text", {});
    m_text.replace(edit.offset, edit.length, edit.text);
    return {};
}

} // namespace tw
