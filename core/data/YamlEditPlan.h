// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/YamlEditTree.h"
#include "core/data/YamlText.h"

/// Where in a text an edit takes place and what it writes there. Plans are proposals: the caller
/// reads the changed text again before it answers. For core/data alone.
namespace tw::yaml {

/// The place of one value: behind a colon, behind a dash, or the whole document.
struct Slot
{
    const YamlNode *value = nullptr;
    std::size_t behind = 0; ///< Behind the colon, the dash, the key without a value or the bracket.
    std::size_t column = 0; ///< Of the key or dash, from 0.
    bool flow = false;      ///< Inside brackets.
    bool item = false;      ///< Of a sequence.
};

/// The nodes from the root along a path, as far as they exist.
struct Trail
{
    std::vector<const YamlNode *> nodes;
    std::vector<Slot> slots; ///< Of the nodes behind the root; slots[i] holds nodes[i + 1].
    bool isComplete(const YamlPath &path) const { return nodes.size() == path.size() + 1; }
    const YamlNode &last() const { return *nodes.back(); }
    bool endsInFlow() const { return !slots.empty() && slots.back().flow; }
};

/// How an edit may be tried; later tries are plainer.
struct Attempt
{
    bool literals = true;
    bool tidyBlankLines = true;
};

/// A new item as its author wrote it and as what it means.
struct Item
{
    std::string_view block;
    Value value;
};

class Planner
{
public:
    Planner(std::string_view text, const YamlNode &root, const Attempt &attempt)
        : m_text(text), m_root(root), m_attempt(attempt)
    {}

    Trail follow(const YamlPath &path) const;
    Slot slotAtEnd(const Trail &trail) const
    {
        return trail.slots.empty() ? rootSlot() : trail.slots.back();
    }
    TextChange replaceValue(const Slot &slot, const Value &value) const;
    TextChange addKey(const Trail &trail, std::string_view key, const Value &value,
                      const Names &before) const;
    TextChange removeAt(const Trail &trail, const YamlPath &path) const;
    TextChange insertItem(const Trail &trail, std::size_t index, const Item &item) const;
    /// The key at the end of `trail` (a missing or empty list) becomes a list of this one item.
    TextChange startList(const Slot &slot, const Item &item) const;
    TextChange addListKey(const Trail &trail, std::string_view key, const Item &item,
                          const Names &before) const;
    TextChange renameKey(const YamlNode &map, std::string_view key, std::string_view name) const;

private:
    struct Span
    {
        std::size_t from = 0;
        std::size_t to = 0;
    };

    Slot rootSlot() const;
    Slot slotOf(const YamlNode &map, const YamlNode::Entry &entry) const;
    Slot slotOf(const YamlNode &sequence, std::size_t index) const;
    std::string entryText(std::string_view key, const Value &value, std::size_t column) const;
    TextChange addEntryText(const YamlNode &map, const std::string &entry,
                            const Names &before) const;
    TextChange replaceWithText(const Slot &slot, std::string_view body, bool ownLine,
                               std::size_t column) const;
    std::size_t dashOf(const YamlNode &sequence, std::size_t index) const;
    bool firstOnLine(std::size_t offset) const;
    std::size_t commentsAbove(std::size_t offset) const;
    Span blockSpan(std::size_t first, std::size_t end) const;
    TextChange removeBlockPart(std::size_t first, std::size_t end, std::size_t next) const;
    TextChange removeFlowPart(const YamlNode &container, std::size_t index) const;
    TextChange change(std::size_t from, std::size_t to, std::string inserted) const;
    Layout layout(bool flow) const { return {flow, m_attempt.literals}; }

    std::string_view m_text;
    const YamlNode &m_root;
    Attempt m_attempt;
};

} // namespace tw::yaml
