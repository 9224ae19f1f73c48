// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/FormatPrinter.h"

#include <algorithm>

namespace tw::analysis {
namespace {

bool startsLine(std::string_view text, int at)
{
    const std::size_t last =
        text.substr(0, static_cast<std::size_t>(at)).find_last_not_of(" \t\r\v");
    return last == std::string_view::npos || text[last] == '\n';
}

bool endsLine(std::string_view text, int at)
{
    const std::size_t next = text.find_first_not_of(" \t\r\v", static_cast<std::size_t>(at));
    return next == std::string_view::npos || text[next] == '\n';
}

void appendUnit(std::string &out, unsigned unit)
{
    static constexpr std::string_view kDigits = "0123456789abcdef";
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4)
        out += kDigits[unit >> shift & 15];
}

} // namespace

FormatPrinter::FormatPrinter(std::string_view text) : m_text(text)
{
    int after = 0;
    for (const Lexeme &lexeme : lexemesOf(text)) {
        if (lexeme.kind != Lexeme::Kind::Comment) {
            m_tokens.push_back(lexeme);
            after = lexeme.end;
            continue;
        }
        const bool ends = endsLine(text, lexeme.end);
        const Standing standing = !ends                            ? Standing::Inline
                                  : startsLine(text, lexeme.start) ? Standing::Alone
                                                                   : Standing::LineEnd;
        m_comments.push_back({lexeme, standing, after});
    }
}

std::string FormatPrinter::print(const expr::Ast &root, int width, int indent)
{
    node(root);
    flushBefore(static_cast<int>(m_text.size()) + 1);
    return m_layout.written(width, indent);
}

void FormatPrinter::put(std::string_view token, int at)
{
    flushBefore(at);
    m_layout.text(std::string(token));
    const auto known =
        std::lower_bound(m_tokens.begin(), m_tokens.end(), at,
                         [](const Lexeme &lexeme, int offset) { return lexeme.start < offset; });
    if (known != m_tokens.end() && known->start == at)
        flushLineEnd(known->end);
}

/// An operator with a blank behind it; `from` is where its left operand ends.
void FormatPrinter::operatorAt(std::string_view token, int from)
{
    put(token, tokenAt(from));
    m_layout.space();
}

void FormatPrinter::enter(std::string_view opener, int at)
{
    put(opener, at);
    m_layout.open();
    m_layout.indent();
    m_layout.softLine();
}

void FormatPrinter::leave(std::string_view closer, int from)
{
    const int at = closerAt(from);
    flushBefore(at);
    m_layout.dedent();
    m_layout.softLine();
    m_layout.close();
    put(closer, at);
}

void FormatPrinter::openAt(int at)
{
    flushBefore(at);
    m_layout.open();
}

void FormatPrinter::flushBefore(int at)
{
    while (m_nextComment < m_comments.size() && m_comments[m_nextComment].lexeme.start < at)
        write(m_comments[m_nextComment++]);
}

void FormatPrinter::flushLineEnd(int tokenEnd)
{
    while (m_nextComment < m_comments.size()) {
        const Comment &comment = m_comments[m_nextComment];
        if (comment.standing != Standing::LineEnd || comment.after > tokenEnd)
            return;
        write(comment);
        ++m_nextComment;
    }
}

void FormatPrinter::write(const Comment &comment)
{
    if (comment.standing == Standing::Alone)
        m_layout.hardLine();
    m_layout.comment(std::string(comment.lexeme.in(m_text)));
    if (comment.standing != Standing::Inline)
        m_layout.hardLine();
}

int FormatPrinter::tokenAt(int offset) const
{
    const auto at =
        std::lower_bound(m_tokens.begin(), m_tokens.end(), offset,
                         [](const Lexeme &lexeme, int sought) { return lexeme.start < sought; });
    return at == m_tokens.end() ? static_cast<int>(m_text.size()) : at->start;
}

/// The bracket that closes a list whose last item ends at `offset`; a separator may stand before.
int FormatPrinter::closerAt(int offset) const
{
    int at = tokenAt(offset);
    if (written(at) == "," || written(at) == ";")
        at = tokenAt(at + 1);
    return at;
}

int FormatPrinter::tokenBefore(int offset) const
{
    const auto at =
        std::lower_bound(m_tokens.begin(), m_tokens.end(), offset,
                         [](const Lexeme &lexeme, int sought) { return lexeme.start < sought; });
    return at == m_tokens.begin() ? 0 : std::prev(at)->start;
}

std::string_view FormatPrinter::written(int at) const
{
    return m_text.substr(std::min(static_cast<std::size_t>(at), m_text.size()), 1);
}

std::string quotedText(std::string_view content)
{
    static constexpr std::string_view kNamed = "\"\\\b\f\n\r\t";
    static constexpr std::string_view kLetters = "\"\\bfnrt";
    std::string out = "\"";
    for (std::size_t i = 0; i < content.size(); ++i) {
        const auto byte = static_cast<unsigned char>(content[i]);
        const std::size_t named = kNamed.find(content[i]);
        const bool surrogate = byte == 0xED && i + 2 < content.size() &&
                               static_cast<unsigned char>(content[i + 1]) >= 0xA0;
        if (named != std::string_view::npos) {
            out += '\\';
            out += kLetters[named];
        } else if (byte < 0x20 || byte == 0x7F) {
            appendUnit(out, byte);
        } else if (surrogate) {
            const unsigned middle = static_cast<unsigned char>(content[i + 1]) & 0x3Fu;
            const unsigned last = static_cast<unsigned char>(content[i + 2]) & 0x3Fu;
            appendUnit(out, 0xD000u | middle << 6 | last);
            i += 2;
        } else {
            out += content[i];
        }
    }
    return out + '"';
}

std::string quotedName(std::string_view name)
{
    return needsBackquotes(name) ? "`" + std::string(name) + "`" : std::string(name);
}

} // namespace tw::analysis
