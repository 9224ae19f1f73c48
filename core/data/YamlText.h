// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Yaml.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// What the YAML reader, writer and editor share. For core/data alone.
namespace tw::yaml {

/// Offsets to lines and columns; cheap for offsets that ascend.
class LineMap
{
public:
    explicit LineMap(std::string_view text);
    TextPosition at(std::size_t offset);

private:
    std::string_view m_text;
    std::vector<std::size_t> m_starts;
    TextPosition m_last;
};

/// Fills style, positions and ends of a tree whose nodes carry the parser's offsets, and reports
/// tabs that stand where only spaces may indent.
void placeNodes(std::string_view text, YamlNode &root, std::vector<YamlProblem> &problems);

/// Behind the last character of the scalar that begins at `start` and means `value`.
std::size_t scalarEnd(std::string_view text, std::size_t start, std::string_view value);
YamlNode::Style scalarStyle(std::string_view text, std::size_t start);
/// Skips blanks, line ends and comments.
std::size_t skipToToken(std::string_view text, std::size_t at);
std::size_t lineStart(std::string_view text, std::size_t at);
/// The offset of the line end ("\n" or "\r\n") or the end of the text.
std::size_t lineEnd(std::string_view text, std::size_t at);
/// Where the next line starts, or the end of the text.
std::size_t nextLine(std::string_view text, std::size_t at);

/// A plain scalar by the YAML 1.2 core schema; strings point into `text`.
Value resolvePlain(Arena &arena, std::string_view text);

/// How a value is written.
struct Layout
{
    bool flow = false;    ///< One line, inside brackets.
    bool literals = true; ///< Whether strings of several lines may become literal blocks.
};
/// Whether a character stands in `text` (other than line feeds and tabs) that only an escape can
/// carry.
bool needsEscapes(std::string_view text);
std::string scalarText(std::string_view text, bool inFlow);
/// As scalarText(), but x and y stay a pair: no reader in use takes the keys `y` and `n` for
/// booleans.
std::string keyText(std::string_view key, bool inFlow);
std::string valueText(const Value &value, std::size_t indent, const Layout &layout);
/// Whether `valueText` starts on a line of its own (a block map or a block list).
bool isBlock(const Value &value, std::size_t indent, const Layout &layout);

} // namespace tw::yaml
