// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/Layout.h"

#include "core/expr/Utf8.h"

#include <algorithm>

namespace tw::analysis {

void Layout::add(Kind kind, std::string text)
{
    Piece piece;
    piece.kind = kind;
    piece.text = std::move(text);
    piece.width = static_cast<int>(expr::utf8::pointCount(piece.text));
    m_pieces.push_back(std::move(piece));
}

/// A group breaks when a hard line stands between two of its texts; at its ends it does not count.
void Layout::breakOpenGroups()
{
    if (m_afterHardLine) {
        for (std::size_t i = 0; i < std::min(m_openAtHardLine, m_open.size()); ++i)
            m_pieces[m_open[i]].broken = true;
    }
    m_afterHardLine = false;
}

void Layout::text(std::string written)
{
    breakOpenGroups();
    add(Kind::Text, std::move(written));
}

void Layout::comment(std::string written)
{
    breakOpenGroups();
    if (written.find('\n') != std::string::npos) {
        for (const std::size_t group : m_open)
            m_pieces[group].broken = true;
    }
    add(Kind::Comment, std::move(written));
}

void Layout::hardLine()
{
    add(Kind::HardLine);
    m_openAtHardLine = m_afterHardLine ? std::min(m_openAtHardLine, m_open.size()) : m_open.size();
    m_afterHardLine = true;
}

void Layout::space()
{
    add(Kind::Space);
}

void Layout::line()
{
    add(Kind::Line);
}

void Layout::softLine()
{
    add(Kind::SoftLine);
}

void Layout::fillLine()
{
    add(Kind::FillLine);
}

void Layout::open()
{
    m_open.push_back(m_pieces.size());
    add(Kind::Open);
}

void Layout::close()
{
    m_open.pop_back();
    m_openAtHardLine = std::min(m_openAtHardLine, m_open.size());
    add(Kind::Close);
}

void Layout::indent()
{
    add(Kind::Indent);
}

void Layout::dedent()
{
    add(Kind::Dedent);
}

class Layout::Writer
{
public:
    Writer(const std::vector<Piece> &pieces, int width, int indentWidth)
        : m_pieces(pieces), m_width(width), m_indentWidth(indentWidth)
    {}

    std::string run()
    {
        for (m_at = 0; m_at < m_pieces.size(); ++m_at)
            write(m_pieces[m_at]);
        while (m_out.ends_with(' ') || m_out.ends_with('\n'))
            m_out.pop_back();
        return std::move(m_out);
    }

private:
    void write(const Piece &piece);
    void writeText(const Piece &piece);
    void writeComment(const Piece &piece);
    void newLine();
    void blank();
    void trim();
    bool isFlat() const { return !m_groups.empty() && m_groups.back(); }
    bool fits(std::size_t from) const;
    bool atLineStart() const { return m_column == 0; }

    const std::vector<Piece> &m_pieces;
    int m_width;
    int m_indentWidth;
    std::size_t m_at = 0;
    std::string m_out;
    int m_column = 0; ///< 0 also where only the indentation is written.
    int m_indent = 0;
    bool m_blankOwed = false;   ///< Behind a comment.
    std::vector<bool> m_groups; ///< True: on one line.
};

void Layout::Writer::trim()
{
    while (!m_out.empty() && m_out.back() == ' ')
        m_out.pop_back();
}

void Layout::Writer::newLine()
{
    m_blankOwed = false;
    if (atLineStart())
        return;
    trim();
    m_out += '\n';
    m_column = 0;
}

void Layout::Writer::blank()
{
    if (atLineStart() || m_out.back() == ' ')
        return;
    m_out += ' ';
    ++m_column;
    m_blankOwed = false;
}

void Layout::Writer::writeText(const Piece &piece)
{
    constexpr std::string_view kTight = ")]},;";
    if (m_blankOwed && kTight.find(piece.text[0]) == std::string_view::npos)
        blank();
    m_blankOwed = false;
    if (atLineStart()) {
        m_out.append(static_cast<std::size_t>(m_indent * m_indentWidth), ' ');
        m_column = m_indent * m_indentWidth;
    }
    m_out += piece.text;
    m_column += piece.width;
}

void Layout::Writer::writeComment(const Piece &piece)
{
    constexpr std::string_view kOpeners = "([{";
    if (!atLineStart() && kOpeners.find(m_out.back()) == std::string_view::npos)
        blank();
    writeText(piece);
    if (const std::size_t newline = piece.text.rfind('\n'); newline != std::string::npos)
        m_column = static_cast<int>(expr::utf8::pointCount(piece.text.substr(newline + 1)));
    m_blankOwed = true;
}

/// Whether all up to the next possible break after the group fits in this line.
bool Layout::Writer::fits(std::size_t from) const
{
    int room = m_width - (atLineStart() ? m_indent * m_indentWidth : m_column);
    int depth = m_pieces[from].kind == Kind::Open ? 0 : -1;
    for (std::size_t i = from; i < m_pieces.size() && room >= 0; ++i) {
        const Piece &piece = m_pieces[i];
        const bool outside = depth <= 0 && i > from;
        switch (piece.kind) {
        case Kind::Text:
            room -= piece.width;
            break;
        case Kind::Comment:
            room -= piece.width + 2;
            break;
        case Kind::Space:
            --room;
            break;
        case Kind::Line:
        case Kind::SoftLine:
        case Kind::FillLine:
            if (outside)
                return true;
            room -= piece.kind == Kind::Line ? 1 : 0;
            break;
        case Kind::HardLine:
            return true;
        case Kind::Open:
            depth += depth >= 0 && (i == from || depth > 0) ? 1 : 0;
            break;
        case Kind::Close:
            depth -= depth > 0 ? 1 : 0;
            break;
        case Kind::Indent:
        case Kind::Dedent:
            break;
        }
    }
    return room >= 0;
}

void Layout::Writer::write(const Piece &piece)
{
    switch (piece.kind) {
    case Kind::Text:
        return writeText(piece);
    case Kind::Comment:
        return writeComment(piece);
    case Kind::Space:
        return blank();
    case Kind::Line:
        return isFlat() ? blank() : newLine();
    case Kind::SoftLine:
        return isFlat() ? void() : newLine();
    case Kind::FillLine:
        return isFlat() || fits(m_at) ? void() : newLine();
    case Kind::HardLine:
        return newLine();
    case Kind::Open:
        m_groups.push_back(isFlat() || (!piece.broken && fits(m_at)));
        return;
    case Kind::Close:
        m_groups.pop_back();
        return;
    case Kind::Indent:
        ++m_indent;
        return;
    case Kind::Dedent:
        --m_indent;
        return;
    }
}

std::string Layout::written(int width, int indentWidth) const
{
    return Writer(m_pieces, width, indentWidth).run();
}

} // namespace tw::analysis
