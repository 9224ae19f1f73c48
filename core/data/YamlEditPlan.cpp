// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/YamlEditPlan.h"

#include <algorithm>

namespace tw::yaml {
namespace {

std::size_t column(const TextPosition &at)
{
    return static_cast<std::size_t>(at.column) - 1;
}

std::string spaces(std::size_t count)
{
    return std::string(count, ' ');
}

bool isFlow(const YamlNode &node)
{
    return node.style == YamlNode::Style::Flow;
}

bool isBlockContainer(const YamlNode &node)
{
    return (node.isMap() || node.isSequence()) && !isFlow(node);
}

bool isBlockScalar(const YamlNode &node)
{
    return node.style == YamlNode::Style::Literal || node.style == YamlNode::Style::Folded;
}

/// "id: x\ntype: y" as the lines of one item: "- id: x\n  type: y".
std::string itemText(std::string_view block, std::size_t indent)
{
    while (block.ends_with('\n') || block.ends_with('\r'))
        block.remove_suffix(1);
    std::string out = "- ";
    for (std::size_t at = 0; at <= block.size();) {
        const std::size_t end = std::min(block.find('\n', at), block.size());
        std::string_view line = block.substr(at, end - at);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        if (at > 0)
            out += line.empty() ? "\n" : "\n" + spaces(indent + 2);
        out += line;
        at = end + 1;
    }
    return out;
}

} // namespace

TextChange Planner::change(std::size_t from, std::size_t to, std::string inserted) const
{
    const std::size_t firstEnd = m_text.find('\n');
    const bool crlf =
        firstEnd != std::string_view::npos && firstEnd > 0 && m_text[firstEnd - 1] == '\r';
    if (crlf) {
        for (std::size_t at = inserted.find('\n'); at != std::string::npos;
             at = inserted.find('\n', at + 2)) {
            if (at > 0 && inserted[at - 1] == '\r')
                --at;
            else
                inserted.insert(at, 1, '\r');
        }
    }
    return {from, std::string(m_text.substr(from, to - from)), std::move(inserted)};
}

Slot Planner::rootSlot() const
{
    return {&m_root, m_root.at.offset, 0, false, false};
}

Slot Planner::slotOf(const YamlNode &map, const YamlNode::Entry &entry) const
{
    const std::size_t keyEnd = scalarEnd(m_text, entry.keyAt.offset, entry.key);
    const std::size_t colon = skipToToken(m_text, keyEnd);
    const bool hasColon = colon < m_text.size() && m_text[colon] == ':';
    return {&entry.value, hasColon ? colon + 1 : keyEnd, column(entry.keyAt), isFlow(map), false};
}

std::size_t Planner::dashOf(const YamlNode &sequence, std::size_t index) const
{
    return skipToToken(m_text, index == 0 ? sequence.at.offset : sequence.items[index - 1].end);
}

Slot Planner::slotOf(const YamlNode &sequence, std::size_t index) const
{
    const YamlNode &item = sequence.items[index];
    if (isFlow(sequence))
        return {&item, item.at.offset, 0, true, true};
    return {&item, dashOf(sequence, index) + 1, column(sequence.at), false, true};
}

Trail Planner::follow(const YamlPath &path) const
{
    Trail trail{{&m_root}, {}};
    bool flow = false;
    for (const std::string &step : path) {
        const YamlNode &node = trail.last();
        if (node.isMap()) {
            const YamlNode::Entry *entry = node.entry(step);
            if (!entry)
                break;
            trail.slots.push_back(slotOf(node, *entry));
        } else {
            const auto index = node.isSequence() ? indexOf(step, node.items.size()) : std::nullopt;
            if (!index)
                break;
            trail.slots.push_back(slotOf(node, *index));
        }
        flow = flow || trail.slots.back().flow;
        trail.slots.back().flow = flow;
        trail.nodes.push_back(trail.slots.back().value);
    }
    return trail;
}

/// Puts `body` into the slot; `ownLine` bodies start below a key. A comment behind the key or the
/// old value moves behind what stands on the key's line then.
TextChange Planner::replaceWithText(const Slot &slot, std::string_view body, bool ownLine,
                                    std::size_t bodyColumn) const
{
    const YamlNode &old = *slot.value;
    const bool oldBlock = isBlockContainer(old);
    const bool below = !old.isNull() && old.at.offset > lineEnd(m_text, slot.behind);
    const std::size_t lineBreak = std::min(body.find('\n'), body.size());
    const bool inlineOld = !oldBlock && !isBlockScalar(old) && !below;
    if (inlineOld && !ownLine && lineBreak == body.size()) {
        const bool absent = old.at.offset == old.end;
        return change(old.at.offset, old.end, (absent ? " " : "") + std::string(body));
    }
    std::size_t tail = old.end;
    if (isBlockScalar(old) && !below)
        tail = m_text.find_first_of(" \t\r\n", old.at.offset);
    else if (oldBlock || below)
        tail = slot.behind;
    tail = std::min(tail, m_text.size());
    std::string comment;
    if (below || !oldBlock)
        comment = m_text.substr(tail, lineEnd(m_text, tail) - tail);
    comment.erase(comment.find_last_not_of(" \t\r") + 1);
    const std::size_t to = std::max(old.end, comment.empty() ? old.end : tail + comment.size());
    std::string inserted;
    if (ownLine && slot.item && comment.empty())
        inserted = " " + std::string(body);
    else if (ownLine)
        inserted = comment + "\n" + spaces(bodyColumn) + std::string(body);
    else
        inserted = " " + std::string(body.substr(0, lineBreak)) + comment +
                   std::string(body.substr(lineBreak));
    return change(slot.behind, to, inserted);
}

TextChange Planner::replaceValue(const Slot &slot, const Value &value) const
{
    const YamlNode &old = *slot.value;
    if (slot.flow) {
        const std::string body = valueText(value, 0, layout(true));
        const bool absent = old.at.offset == old.end;
        const bool afterColon = slot.behind > 0 && m_text[slot.behind - 1] == ':';
        return change(old.at.offset, old.end, (!absent ? "" : afterColon ? " " : ": ") + body);
    }
    if (&old == &m_root) {
        const std::string body = valueText(value, 0, layout(false));
        return change(old.at.offset, old.end, body);
    }
    std::size_t inner = slot.column + 2;
    const bool below = old.at.offset > lineEnd(m_text, slot.behind);
    const bool sameKind =
        (old.isMap() && value.isObject()) || (old.isSequence() && value.isArray());
    if (isBlockContainer(old) && sameKind && (below || slot.item))
        inner = column(old.at);
    const bool block = isBlock(value, inner, layout(false));
    return replaceWithText(slot, valueText(value, block ? inner : slot.column, layout(false)),
                           block, inner);
}

std::string Planner::entryText(std::string_view key, const Value &value, std::size_t at) const
{
    const std::string name = keyText(key, false) + ":";
    if (isBlock(value, at + 2, layout(false)))
        return name + "\n" + spaces(at + 2) + valueText(value, at + 2, layout(false));
    return name + " " + valueText(value, at, layout(false));
}

TextChange Planner::addEntryText(const YamlNode &map, const std::string &entry,
                                 const Names &before) const
{
    const std::size_t at = column(map.entries.front().keyAt);
    const auto anchor = std::ranges::find_if(
        before, [&](const std::string &key) { return map.entry(key) != nullptr; });
    if (anchor != before.end()) {
        const std::size_t key = map.entry(*anchor)->keyAt.offset;
        if (!firstOnLine(key) || key == map.entries.front().keyAt.offset)
            return change(key, key, entry + "\n" + spaces(at));
        const std::size_t line = commentsAbove(key);
        return change(line, line, spaces(at) + entry + "\n");
    }
    const std::size_t end = lineEnd(m_text, map.end);
    return change(end, end, "\n" + spaces(at) + entry);
}

TextChange Planner::addKey(const Trail &trail, std::string_view key, const Value &value,
                           const Names &before) const
{
    const YamlNode &map = trail.last();
    const Slot slot = slotAtEnd(trail);
    const bool flowEntry = slot.flow || (map.isMap() && isFlow(map) && !map.entries.empty());
    const std::string flow = keyText(key, true) + ": " + valueText(value, 0, layout(true));
    if (map.isMap() && !map.entries.empty() && !flowEntry)
        return addEntryText(map, entryText(key, value, column(map.entries.front().keyAt)), before);
    if (map.isMap() && !map.entries.empty()) {
        const auto anchor = std::ranges::find_if(
            before, [&](const std::string &name) { return map.entry(name) != nullptr; });
        if (anchor != before.end()) {
            const std::size_t at = map.entry(*anchor)->keyAt.offset;
            return change(at, at, flow + ", ");
        }
        const std::size_t at = map.entries.back().value.end;
        return change(at, at, ", " + flow);
    }
    Arena arena;
    ObjectBuilder object(arena);
    object.set(key, value);
    const Value made = object.finish();
    if (&map == &m_root && map.isNull() && map.at.offset == map.end) { // nothing but comments
        const bool needsBreak = !m_text.empty() && !m_text.ends_with('\n');
        return change(m_text.size(), m_text.size(),
                      (needsBreak ? "\n" : "") + valueText(made, 0, layout(false)) + "\n");
    }
    const bool small = !isBlock(value, slot.column + 2, layout(false)) && flow.size() < 60 &&
                       flow.find('\n') == std::string::npos;
    if (map.isMap() && small)
        return change(map.at.offset, map.end, "{" + flow + "}");
    return replaceValue(slot, made);
}

bool Planner::firstOnLine(std::size_t offset) const
{
    const std::size_t start = lineStart(m_text, offset);
    return m_text.substr(start, offset - start).find_first_not_of(' ') == std::string_view::npos;
}

/// The start of the own-line comments directly above the line of `offset`, indented alike.
std::size_t Planner::commentsAbove(std::size_t offset) const
{
    std::size_t line = lineStart(m_text, offset);
    const std::size_t indent = offset - line;
    while (line > 0) {
        const std::size_t previous = lineStart(m_text, line - 1);
        const std::size_t first = std::min(m_text.find_first_not_of(' ', previous), m_text.size());
        if (first >= m_text.size() || m_text[first] != '#' || first - previous != indent)
            break;
        line = previous;
    }
    return line;
}

Planner::Span Planner::blockSpan(std::size_t first, std::size_t end) const
{
    const std::size_t indent = first - lineStart(m_text, first);
    const auto isBlank = [&](std::size_t line) {
        return line < m_text.size() && lineEnd(m_text, line) == line;
    };
    Span span{commentsAbove(first), nextLine(m_text, end)};
    while (span.to < m_text.size()) { // comments of the removed block that stand deeper
        const std::size_t start = std::min(m_text.find_first_not_of(' ', span.to), m_text.size());
        if (start == m_text.size() || m_text[start] != '#' || start - span.to <= indent)
            break;
        span.to = nextLine(m_text, start);
    }
    const std::size_t above = span.from > 0 ? lineStart(m_text, span.from - 1) : 0;
    const bool gapAbove = span.from > 0 && isBlank(above);
    if (m_attempt.tidyBlankLines && gapAbove && (span.to >= m_text.size() || isBlank(span.to)))
        span.from = above;
    const bool endsWithoutBreak = span.to == m_text.size() && !m_text.ends_with('\n');
    if (endsWithoutBreak && span.from > 0)
        span.from = lineEnd(m_text, lineStart(m_text, span.from - 1));
    return span;
}

/// Removes one entry or item of a block; `next` is where its successor starts, or npos.
TextChange Planner::removeBlockPart(std::size_t first, std::size_t end, std::size_t next) const
{
    if (firstOnLine(first)) {
        const Span span = blockSpan(first, end);
        return change(span.from, span.to, {});
    }
    // Behind a dash ("- id: a"): the successor moves up.
    return change(first, next == std::string_view::npos ? end : next, {});
}

TextChange Planner::removeFlowPart(const YamlNode &container, std::size_t index) const
{
    const bool map = container.isMap();
    const std::size_t count = map ? container.entries.size() : container.items.size();
    const auto start = [&](std::size_t i) {
        return map ? container.entries[i].keyAt.offset : container.items[i].at.offset;
    };
    const auto end = [&](std::size_t i) {
        return map ? container.entries[i].value.end : container.items[i].end;
    };
    if (index + 1 < count)
        return change(start(index), start(index + 1), {});
    if (index > 0)
        return change(end(index - 1), end(index), {});
    return change(container.at.offset, container.end, map ? "{}" : "[]");
}

TextChange Planner::removeAt(const Trail &trail, const YamlPath &path) const
{
    const YamlNode &container = *trail.nodes[trail.nodes.size() - 2];
    const Slot holder = trail.slots.size() > 1 ? trail.slots[trail.slots.size() - 2] : rootSlot();
    const bool map = container.isMap();
    const std::size_t count = map ? container.entries.size() : container.items.size();
    const std::size_t index =
        map ? static_cast<std::size_t>(container.entry(path.back()) - container.entries.data())
            : indexOf(path.back(), count).value_or(0);
    if (isFlow(container))
        return removeFlowPart(container, index);
    if (count == 1) {
        Arena arena;
        return replaceValue(holder, map ? ObjectBuilder(arena).finish() : Value::array(nullptr, 0));
    }
    const auto start = [&](std::size_t i) {
        return map ? container.entries[i].keyAt.offset : dashOf(container, i);
    };
    const std::size_t end = map ? container.entries[index].value.end : container.items[index].end;
    return removeBlockPart(start(index), std::max(end, start(index)),
                           index + 1 < count ? start(index + 1) : std::string_view::npos);
}

TextChange Planner::insertItem(const Trail &trail, std::size_t index, const Item &item) const
{
    const YamlNode &list = trail.last();
    const std::size_t count = list.items.size();
    if (isFlow(list) || (!trail.slots.empty() && trail.slots.back().flow)) {
        const std::size_t at = index < count ? list.items[index].at.offset : list.items.back().end;
        const std::string body = valueText(item.value, 0, layout(true));
        return change(at, at, index < count ? body + ", " : ", " + body);
    }
    const std::size_t indent = column(list.at);
    const auto gapBefore = [&](std::size_t i) {
        const std::size_t line = commentsAbove(dashOf(list, i));
        return line > 0 &&
               lineEnd(m_text, lineStart(m_text, line - 1)) == lineStart(m_text, line - 1);
    };
    const bool spaced = count > 1 && gapBefore(std::clamp<std::size_t>(index, 1, count - 1));
    const std::string gap = spaced && m_attempt.tidyBlankLines ? "\n" : "";
    const std::string body = itemText(item.block, indent);
    if (index < count) {
        const std::size_t dash = dashOf(list, index);
        if (!firstOnLine(dash))
            return change(dash, dash, body + "\n" + spaces(indent));
        const std::size_t line = commentsAbove(dash);
        return change(line, line, spaces(indent) + body + "\n" + gap);
    }
    const std::size_t end = lineEnd(m_text, list.end);
    return change(end, end, "\n" + gap + spaces(indent) + body);
}

TextChange Planner::startList(const Slot &slot, const Item &item) const
{
    if (slot.flow)
        return replaceValue(slot, Value::array(&item.value, 1));
    if (slot.value == &m_root)
        return change(m_root.at.offset, m_root.end, itemText(item.block, 0));
    const std::size_t indent = slot.column + 2;
    return replaceWithText(slot, itemText(item.block, indent), true, indent);
}

TextChange Planner::addListKey(const Trail &trail, std::string_view key, const Item &item,
                               const Names &before) const
{
    const YamlNode &map = trail.last();
    if (isFlow(map) || map.entries.empty())
        return addKey(trail, key, Value::array(&item.value, 1), before);
    const std::size_t at = column(map.entries.front().keyAt);
    const std::string entry =
        keyText(key, false) + ":\n" + spaces(at + 2) + itemText(item.block, at + 2);
    return addEntryText(map, entry, before);
}

TextChange Planner::renameKey(const YamlNode &map, std::string_view key,
                              std::string_view name) const
{
    const YamlNode::Entry &entry = *map.entry(key);
    const std::size_t at = entry.keyAt.offset;
    return change(at, scalarEnd(m_text, at, entry.key), keyText(name, isFlow(map)));
}

} // namespace tw::yaml
