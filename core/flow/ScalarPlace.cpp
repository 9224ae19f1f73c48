// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/flow/FlowCheck.h"

namespace tw {
namespace {

bool isBlank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/// Follows the scalar's text and the file side by side; white space may differ between the two, as
/// block and folded scalars are written.
class Walk
{
public:
    Walk(std::string_view file, const YamlNode &scalar)
        : m_file(file.substr(0, std::min(scalar.end, file.size()))),
          m_scalar(scalar),
          m_at(std::min(scalar.at.offset, m_file.size()))
    {
        const char first = m_at < m_file.size() ? m_file[m_at] : ' ';
        if (scalar.style == YamlNode::Style::SingleQuoted ||
            scalar.style == YamlNode::Style::DoubleQuoted) {
            ++m_at;
        } else if ((scalar.style == YamlNode::Style::Literal ||
                    scalar.style == YamlNode::Style::Folded) &&
                   (first == '|' || first == '>')) {
            m_at = std::min(m_file.find('\n', m_at), m_file.size());
            skipBlanks();
        }
    }

    /// False when the two part.
    bool to(std::size_t offset)
    {
        const std::string_view text = m_scalar.scalar;
        for (std::size_t i = 0; i < offset && i < text.size();) {
            if (startsEscape()) {
                if (!passEscape(text, i))
                    return false;
            } else if (isBlank(text[i]) && isQuotedBlank(text[i])) {
                ++m_at;
                ++i;
            } else if (isBlank(text[i])) {
                while (i < offset && i < text.size() && isBlank(text[i]))
                    ++i;
                skipBlanks();
            } else if (m_at < m_file.size() && m_file[m_at] == text[i]) {
                m_at += text[i] == '\'' && m_scalar.style == YamlNode::Style::SingleQuoted ? 2 : 1;
                ++i;
            } else {
                return false;
            }
        }
        return m_at <= m_file.size();
    }

    std::size_t offset() const { return m_at; }

private:
    bool startsEscape() const
    {
        return m_scalar.style == YamlNode::Style::DoubleQuoted && m_at < m_file.size() &&
               m_file[m_at] == '\\';
    }

    /// `\"`, `\n`, `\x41`, `\u00e9`, `\U0001f600`: one character of the text each; a backslash at
    /// the end of a line joins it with the next.
    bool passEscape(std::string_view text, std::size_t &i)
    {
        const char letter = m_at + 1 < m_file.size() ? m_file[m_at + 1] : '\0';
        if (letter == '\n' || letter == '\r') {
            ++m_at;
            skipBlanks();
            return true;
        }
        m_at += 2 + (letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0);
        ++i;
        while (i < text.size() && (text[i] & 0xC0) == 0x80)
            ++i;
        return m_at <= m_file.size();
    }

    /// A blank in double quotes that stands for itself: not one of those around a line break.
    bool isQuotedBlank(char c) const
    {
        const std::size_t next = m_file.find_first_not_of(" \t", m_at);
        const bool breaks =
            next == std::string_view::npos || m_file[next] == '\n' || m_file[next] == '\r';
        return m_scalar.style == YamlNode::Style::DoubleQuoted && m_at < m_file.size() &&
               m_file[m_at] == c && !breaks;
    }

    void skipBlanks()
    {
        while (m_at < m_file.size() && isBlank(m_file[m_at]))
            ++m_at;
    }

    std::string_view m_file;
    const YamlNode &m_scalar;
    std::size_t m_at;
};

} // namespace

TextPosition placeInScalar(std::string_view text, const YamlNode &scalar, std::size_t offset)
{
    Walk walk(text, scalar);
    if (!walk.to(offset))
        return scalar.at;
    TextPosition place = scalar.at;
    for (std::size_t i = scalar.at.offset; i < walk.offset(); ++i) {
        if (text[i] == '\n') {
            ++place.line;
            place.column = 1;
        } else if ((text[i] & 0xC0) != 0x80) {
            ++place.column;
        }
    }
    place.offset = walk.offset();
    return place;
}

} // namespace tw
