// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Utf8.h"
#include "core/data/YamlText.h"

#include <algorithm>

namespace tw::yaml {
namespace {

bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}

bool isSpace(char c)
{
    return isBlank(c) || c == '\n' || c == '\r';
}

std::size_t quotedEnd(std::string_view text, std::size_t start)
{
    const char quote = text[start];
    std::size_t at = start + 1;
    while (at < text.size()) {
        if (quote == '"' && text[at] == '\\') {
            at += 2;
        } else if (text[at] == quote) {
            if (quote == '\'' && at + 1 < text.size() && text[at + 1] == '\'')
                at += 2;
            else
                return at + 1;
        } else {
            ++at;
        }
    }
    return text.size() + 1; // never closed
}

/// Folding changes only white space, so the raw text is walked until every other character of the
/// value has been met.
std::size_t plainEnd(std::string_view text, std::size_t start, std::string_view value)
{
    std::size_t at = start;
    std::size_t end = start;
    for (const char c : value) {
        if (isSpace(c))
            continue;
        while (at < text.size() && isSpace(text[at]))
            ++at;
        if (at >= text.size() || text[at] != c)
            return end;
        end = ++at;
    }
    return end;
}

std::size_t indentOf(std::string_view text, std::size_t start)
{
    return std::min(text.find_first_not_of(' ', start), text.size()) - start;
}

bool isBlankLine(std::string_view text, std::size_t start)
{
    const std::size_t first = text.find_first_not_of(" \t\r", start);
    return first == std::string_view::npos || text[first] == '\n';
}

std::size_t blockScalarEnd(std::string_view text, std::size_t start, std::string_view value)
{
    std::size_t headerEnd = start + 1;
    bool keep = false;
    while (headerEnd < text.size() && !isSpace(text[headerEnd]))
        keep |= text[headerEnd++] == '+';
    if (value.find_first_not_of(" \t\n") == std::string_view::npos && !keep)
        return headerEnd;
    std::size_t line = nextLine(text, start);
    while (line < text.size() && isBlankLine(text, line))
        line = nextLine(text, line);
    const char digit = text[headerEnd - 1] >= '1' && text[headerEnd - 1] <= '9'
                           ? text[headerEnd - 1]
                           : text[start + 1];
    // An explicit indent ("|2") counts from the parent; one column is what every content line has.
    const bool isExplicit = digit >= '1' && digit <= '9' && headerEnd > start + 1;
    const std::size_t indent = isExplicit ? 1 : indentOf(text, line);
    std::size_t end = headerEnd;
    for (line = nextLine(text, start); line < text.size(); line = nextLine(text, line)) {
        const bool blank = isBlankLine(text, line);
        if (!blank && indentOf(text, line) < indent)
            break;
        if (!blank || keep || indentOf(text, line) > indent)
            end = lineEnd(text, line);
    }
    return end;
}

bool isNullWord(std::string_view text, std::size_t at)
{
    for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
        if (text.substr(at).starts_with(word))
            return at + word.size() == text.size() ||
                   std::string_view(" \t\r\n,]}").find(text[at + word.size()]) !=
                       std::string_view::npos;
    }
    return false;
}

/// One pass over the tree in the order of the text.
class Placer
{
public:
    Placer(std::string_view text, std::vector<YamlProblem> &problems)
        : m_text(text), m_lines(text), m_problems(problems)
    {}
    /// `behind` is where an absent value would stand: behind the colon or the dash. `column` is
    /// that of the key or dash.
    void place(YamlNode &node, std::size_t behind, int column);

private:
    void placeNull(YamlNode &node, std::size_t behind, int column);
    void placeMap(YamlNode &node);
    void placeSequence(YamlNode &node);
    std::size_t closingBracket(std::size_t from, char bracket) const;
    void checkIndent(std::size_t offset);
    std::size_t closedEnd(std::size_t start, std::string_view value);

    std::string_view m_text;
    LineMap m_lines;
    std::vector<YamlProblem> &m_problems;
};

void Placer::checkIndent(std::size_t offset)
{
    const std::size_t start = lineStart(m_text, offset);
    const std::string_view before = m_text.substr(start, offset - start);
    const std::size_t tab = before.find('\t');
    if (tab != std::string_view::npos &&
        before.find_first_not_of(" \t-?") == std::string_view::npos)
        m_problems.push_back({"yaml.syntax",
                              "This line is indented with a tab; indent with spaces.",
                              m_lines.at(start + tab)});
}

/// yaml-cpp takes the end of the file for a closing quote.
std::size_t Placer::closedEnd(std::size_t start, std::string_view value)
{
    const std::size_t end = scalarEnd(m_text, start, value);
    if (end <= m_text.size())
        return end;
    m_problems.push_back({"yaml.syntax", "A quoted text is not closed.", m_lines.at(start)});
    return m_text.size();
}

void Placer::placeNull(YamlNode &node, std::size_t behind, int column)
{
    const std::size_t marked = node.at.offset;
    const bool sameLine = marked >= behind && lineStart(m_text, marked) <= behind;
    if (isNullWord(m_text, marked) && marked >= behind &&
        (sameLine || m_lines.at(marked).column > column)) {
        node.at = m_lines.at(marked);
        node.end = marked + (m_text[marked] == '~' ? 1 : 4);
        return;
    }
    node.at = m_lines.at(behind);
    node.end = behind;
}

std::size_t Placer::closingBracket(std::size_t from, char bracket) const
{
    std::size_t at = from;
    while (at < m_text.size()) {
        at = skipToToken(m_text, at);
        if (at < m_text.size() && m_text[at++] == bracket)
            return at;
    }
    return m_text.size();
}

void Placer::placeMap(YamlNode &node)
{
    const bool bracketed = node.style == YamlNode::Style::Flow && m_text[node.at.offset] == '{';
    node.end = node.at.offset + (bracketed ? 1 : 0);
    for (YamlNode::Entry &entry : node.entries) {
        const std::size_t key = entry.keyAt.offset;
        if (node.style == YamlNode::Style::Block)
            checkIndent(key);
        const std::size_t keyEnd = closedEnd(key, entry.key);
        const std::size_t colon = skipToToken(m_text, keyEnd);
        const bool hasColon = colon < m_text.size() && m_text[colon] == ':';
        place(entry.value, hasColon ? colon + 1 : keyEnd, entry.keyAt.column);
        node.end = std::max(node.end, entry.value.end);
    }
    if (bracketed)
        node.end = closingBracket(node.end, '}');
}

void Placer::placeSequence(YamlNode &node)
{
    const bool flow = node.style == YamlNode::Style::Flow;
    const int column = node.at.column;
    node.end = node.at.offset + (flow ? 1 : 0);
    for (YamlNode &item : node.items) {
        std::size_t behind = skipToToken(m_text, node.end);
        if (!flow && behind < m_text.size() && m_text[behind] == '-') {
            checkIndent(behind);
            ++behind;
        }
        place(item, behind, column);
        node.end = std::max(node.end, item.end);
        const std::size_t next = skipToToken(m_text, node.end);
        if (flow && next < m_text.size() && m_text[next] == ',')
            node.end = next + 1;
    }
    if (flow)
        node.end = closingBracket(node.end, ']');
}

void Placer::place(YamlNode &node, std::size_t behind, int column)
{
    if (node.isNull()) {
        placeNull(node, behind, column);
        return;
    }
    node.at = m_lines.at(node.at.offset);
    if (node.isMap()) {
        placeMap(node);
    } else if (node.isSequence()) {
        placeSequence(node);
    } else {
        node.style = scalarStyle(m_text, node.at.offset);
        node.end = closedEnd(node.at.offset, node.scalar);
    }
}

} // namespace

LineMap::LineMap(std::string_view text) : m_text(text), m_starts{0}
{
    for (std::size_t at = text.find('\n'); at != std::string_view::npos;
         at = text.find('\n', at + 1))
        m_starts.push_back(at + 1);
    if (text.starts_with(utf8::kByteOrderMark))
        m_starts[0] = utf8::kByteOrderMark.size();
    m_last.offset = m_starts[0];
}

TextPosition LineMap::at(std::size_t offset)
{
    offset = std::clamp(offset, m_starts[0], std::max(m_text.size(), m_starts[0]));
    const auto after = std::upper_bound(m_starts.begin(), m_starts.end(), offset);
    const auto line = static_cast<int>(after - m_starts.begin());
    if (line != m_last.line || offset < m_last.offset)
        m_last = {line, 1, *(after - 1)};
    for (; m_last.offset < offset; ++m_last.offset) {
        const auto byte = static_cast<unsigned char>(m_text[m_last.offset]);
        m_last.column += (byte & 0xC0) != 0x80 && byte != '\r';
    }
    // Stay at the start of a character, so that the next count goes on soundly.
    return m_last;
}

std::size_t lineStart(std::string_view text, std::size_t at)
{
    if (at == 0)
        return 0;
    const std::size_t found = text.rfind('\n', at - 1);
    return found == std::string_view::npos ? 0 : found + 1;
}

std::size_t lineEnd(std::string_view text, std::size_t at)
{
    const std::size_t found = text.find('\n', at);
    if (found == std::string_view::npos)
        return text.size();
    return found > at && text[found - 1] == '\r' ? found - 1 : found;
}

std::size_t nextLine(std::string_view text, std::size_t at)
{
    const std::size_t found = text.find('\n', at);
    return found == std::string_view::npos ? text.size() : found + 1;
}

std::size_t skipToToken(std::string_view text, std::size_t at)
{
    while (at < text.size()) {
        if (isSpace(text[at]))
            ++at;
        else if (text[at] == '#' && (at == 0 || isSpace(text[at - 1])))
            at = nextLine(text, at);
        else
            break;
    }
    return at;
}

YamlNode::Style scalarStyle(std::string_view text, std::size_t start)
{
    switch (start < text.size() ? text[start] : '\0') {
    case '"':
        return YamlNode::Style::DoubleQuoted;
    case '\'':
        return YamlNode::Style::SingleQuoted;
    case '|':
        return YamlNode::Style::Literal;
    case '>':
        return YamlNode::Style::Folded;
    default:
        return YamlNode::Style::Plain;
    }
}

std::size_t scalarEnd(std::string_view text, std::size_t start, std::string_view value)
{
    switch (scalarStyle(text, start)) {
    case YamlNode::Style::DoubleQuoted:
    case YamlNode::Style::SingleQuoted:
        return quotedEnd(text, start);
    case YamlNode::Style::Literal:
    case YamlNode::Style::Folded:
        return blockScalarEnd(text, start, value);
    default:
        return plainEnd(text, start, value);
    }
}

void placeNodes(std::string_view text, YamlNode &root, std::vector<YamlProblem> &problems)
{
    if (root.isNull()) {
        LineMap lines(text);
        const std::size_t at = root.at.offset;
        root.at = lines.at(at);
        root.end = isNullWord(text, at) ? at + (text[at] == '~' ? 1 : 4) : root.at.offset;
        return;
    }
    Placer(text, problems).place(root, 0, 0);
}

} // namespace tw::yaml
