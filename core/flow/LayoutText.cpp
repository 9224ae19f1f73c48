// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/LayoutText.h"

#include <algorithm>

namespace tw {
namespace {

struct Patch
{
    std::size_t offset;
    std::size_t length;
    std::string text;
};

std::string placeText(const CardPlace &place)
{
    std::string text = "{x: " + std::to_string(place.at.x) + ", y: " + std::to_string(place.at.y);
    if (place.width)
        text += ", w: " + std::to_string(*place.width);
    if (place.height)
        text += ", h: " + std::to_string(*place.height);
    return text + '}';
}

class LayoutWriter
{
public:
    LayoutWriter(FlowText &text, const std::map<std::string, CardPlace> &places)
        : m_text(text), m_places(places)
    {}

    Result<void> write()
    {
        const YamlParse parsed = parseYaml(m_text.text());
        const YamlNode::Entry *layout = parsed.root.entry("layout");
        if (!layout || layout->value.isNull() || !layout->value.isMap()) {
            appendLayout(layout);
            return {};
        }
        const bool isFlow = layout->value.style == YamlNode::Style::Flow;
        if (isFlow)
            rewriteFlow(layout->value);
        else
            patchBlock(layout->value);
        apply();
        return {};
    }

private:
    void appendLayout(const YamlNode::Entry *layout)
    {
        const std::string end(m_text.lineEnd());
        std::string lines;
        for (const auto &[id, place] : m_places)
            lines += "  " + flowScalar(id) + ": " + placeText(place) + end;
        const std::string &text = m_text.text();
        if (layout) {
            const std::size_t from = layout->keyAt.offset;
            const std::size_t to = std::max(lineEndAt(from), layout->value.end);
            lines.resize(lines.size() - end.size());
            m_text.replace(from, to - from, "layout:" + end + lines);
            return;
        }
        const bool open = !text.empty() && text.back() != '\n';
        m_text.replace(text.size(), 0, (open ? end : std::string()) + "layout:" + end + lines);
    }

    void patchBlock(const YamlNode &layout)
    {
        for (const auto &[id, place] : m_places) {
            const YamlNode *known = layout.find(id);
            if (known)
                patchPlace(*known, place);
            else
                insertPlace(layout, id, place);
        }
    }

    void patchPlace(const YamlNode &node, const CardPlace &place)
    {
        const YamlNode *x = node.find("x");
        const YamlNode *y = node.find("y");
        const bool complete = x && y && x->isScalar() && y->isScalar() &&
                              (!place.width || node.find("w")) && (!place.height || node.find("h"));
        if (!complete) {
            replaceNode(node, placeText(merged(node, place)));
            return;
        }
        replaceNode(*x, std::to_string(place.at.x));
        replaceNode(*y, std::to_string(place.at.y));
        if (place.width)
            replaceNode(*node.find("w"), std::to_string(*place.width));
        if (place.height)
            replaceNode(*node.find("h"), std::to_string(*place.height));
    }

    /// A size that only the file knows stays.
    static CardPlace merged(const YamlNode &node, CardPlace place)
    {
        Arena arena(256);
        const auto keep = [&](const char *key, std::optional<int> &into) {
            const YamlNode *known = node.find(key);
            const auto number = known && !into ? known->toValue(arena).toInt() : std::nullopt;
            if (number)
                into = static_cast<int>(*number);
        };
        keep("w", place.width);
        keep("h", place.height);
        return place;
    }

    void insertPlace(const YamlNode &layout, const std::string &id, const CardPlace &place)
    {
        const YamlNode::Entry *previous = nullptr;
        for (const YamlNode::Entry &entry : layout.entries) {
            if (entry.key < id && (!previous || previous->keyAt.offset < entry.keyAt.offset))
                previous = &entry;
        }
        const TextPosition &first = layout.entries.front().keyAt;
        const std::string end(m_text.lineEnd());
        const std::string indent(static_cast<std::size_t>(first.column - 1), ' ');
        const std::string line = indent + flowScalar(id) + ": " + placeText(place);
        if (previous)
            m_patches.push_back(
                {lineEndAt(std::max(previous->value.end, previous->keyAt.offset)), 0, end + line});
        else
            m_patches.push_back({first.offset - indent.size(), 0, line + end});
    }

    void rewriteFlow(const YamlNode &layout)
    {
        std::string text = "{";
        std::map<std::string, CardPlace> missing = m_places;
        for (const YamlNode::Entry &entry : layout.entries) {
            const auto moved = missing.find(entry.key);
            const std::string value =
                moved == missing.end()
                    ? m_text.text().substr(entry.value.at.offset,
                                           entry.value.end - entry.value.at.offset)
                    : placeText(merged(entry.value, moved->second));
            text += (text.size() > 1 ? ", " : "") + flowScalar(entry.key) + ": " + value;
            if (moved != missing.end())
                missing.erase(moved);
        }
        for (const auto &[id, place] : missing)
            text += (text.size() > 1 ? ", " : "") + flowScalar(id) + ": " + placeText(place);
        replaceNode(layout, text + '}');
    }

    void replaceNode(const YamlNode &node, std::string with)
    {
        m_patches.push_back({node.at.offset, node.end - node.at.offset, std::move(with)});
    }

    std::size_t lineEndAt(std::size_t offset) const
    {
        const std::string &text = m_text.text();
        const std::size_t end = text.find('\n', offset);
        if (end == std::string::npos)
            return text.size();
        return end > 0 && text[end - 1] == '\r' ? end - 1 : end;
    }

    /// From the end to the beginning, so that the offsets in front stay true. Lines for one place
    /// were collected in order of id and must stay so.
    void apply()
    {
        std::stable_sort(m_patches.begin(), m_patches.end(),
                         [](const Patch &a, const Patch &b) { return a.offset < b.offset; });
        for (auto patch = m_patches.rbegin(); patch != m_patches.rend(); ++patch)
            m_text.replace(patch->offset, patch->length, patch->text);
    }

    FlowText &m_text;
    const std::map<std::string, CardPlace> &m_places;
    std::vector<Patch> m_patches;
};

} // namespace

Result<void> writePlaces(FlowText &text, const std::map<std::string, CardPlace> &places)
{
    if (places.empty())
        return {};
    return LayoutWriter(text, places).write();
}

} // namespace tw
