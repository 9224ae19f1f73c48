// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/FlowText.h"

#include "core/data/Json.h"

namespace tw {

std::string_view FlowText::lineEnd() const
{
    const std::size_t first = m_text.find('\n');
    return first != std::string::npos && first > 0 && m_text[first - 1] == '\r' ? "\r\n" : "\n";
}

Result<void> FlowText::set(const YamlPath &path, const Value &value,
                           const std::vector<std::string> &before)
{
    return take(yamlSet(m_text, path, value, before));
}

Result<void> FlowText::setText(const YamlPath &path, std::string_view text,
                               const std::vector<std::string> &before)
{
    return set(path, Value::string(text), before);
}

Result<void> FlowText::setWritten(const YamlPath &path, std::string_view yaml,
                                  const std::vector<std::string> &before)
{
    // yamlSet() writes values; a plain word keeps the place until the written form takes it.
    constexpr std::string_view kPlace = "tw_written_value_here";
    auto changes = yamlSet(m_text, path, Value::string(kPlace), before);
    if (!changes)
        return std::move(changes).error();
    for (TextChange &change : *changes) {
        if (const std::size_t at = change.inserted.find(kPlace); at != std::string::npos)
            change.inserted.replace(at, kPlace.size(), yaml);
    }
    return take(std::move(changes));
}

Result<void> FlowText::remove(const YamlPath &path, bool pruneEmpty)
{
    return take(yamlRemove(m_text, path, pruneEmpty));
}

Result<void> FlowText::insertItem(const YamlPath &path, std::size_t index, std::string_view block,
                                  const std::vector<std::string> &before)
{
    return take(yamlInsertItem(m_text, path, index, block, before));
}

Result<void> FlowText::renameKey(const YamlPath &path, std::string_view name)
{
    return take(yamlRenameKey(m_text, path, name));
}

void FlowText::replace(std::size_t offset, std::size_t length, std::string_view with)
{
    TextChange change{offset, m_text.substr(offset, length), std::string(with)};
    if (change.removed == change.inserted)
        return;
    change.applyTo(m_text);
    m_changes.push_back(std::move(change));
}

Result<void> FlowText::take(Result<std::vector<TextChange>> changes)
{
    if (!changes)
        return std::move(changes).error();
    for (TextChange &change : *changes) {
        change.applyTo(m_text);
        m_changes.push_back(std::move(change));
    }
    return {};
}

std::string flowScalar(std::string_view text)
{
    if (text.find_first_of(",[]{}\n") == std::string_view::npos)
        return yamlScalar(text);
    std::string quoted;
    appendJsonString(quoted, text);
    return quoted;
}

std::string flowList(const std::vector<std::string> &texts)
{
    std::string out = "[";
    for (std::size_t i = 0; i < texts.size(); ++i)
        out += (i ? ", " : "") + flowScalar(texts[i]);
    return out + ']';
}

} // namespace tw
