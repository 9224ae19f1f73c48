// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Yaml.h"

#include <string>
#include <string_view>
#include <vector>

namespace tw {

/// A flow file's text while one edit changes it. Keeps every change in order, so that the edit can
/// be taken back byte for byte. Lives for one edit; an error leaves what was done before it.
class FlowText
{
public:
    explicit FlowText(std::string text) : m_text(std::move(text)) {}

    const std::string &text() const { return m_text; }
    std::vector<TextChange> takeChanges() { return std::move(m_changes); }
    std::string_view lineEnd() const; ///< "\n" or "\r\n", as in the file.

    Result<void> set(const YamlPath &path, const Value &value,
                     const std::vector<std::string> &before = {});
    Result<void> setText(const YamlPath &path, std::string_view text,
                         const std::vector<std::string> &before = {});
    /// Like set(), with a value that is YAML of one line already ("{x: 0, y: 64}").
    Result<void> setWritten(const YamlPath &path, std::string_view yaml,
                            const std::vector<std::string> &before = {});
    Result<void> remove(const YamlPath &path, bool pruneEmpty = true);
    Result<void> insertItem(const YamlPath &path, std::size_t index, std::string_view block,
                            const std::vector<std::string> &before = {});
    Result<void> renameKey(const YamlPath &path, std::string_view name);
    void replace(std::size_t offset, std::size_t length, std::string_view with);

private:
    Result<void> take(Result<std::vector<TextChange>> changes);
    std::string m_text;
    std::vector<TextChange> m_changes;
};

/// A scalar inside `{…}` or `[…]`: quoted where a comma or bracket would end it.
std::string flowScalar(std::string_view text);
/// "[a, b]".
std::string flowList(const std::vector<std::string> &texts);

} // namespace tw
