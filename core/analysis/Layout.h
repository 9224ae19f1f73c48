// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace tw::analysis {

/// Text with places where a line may break, and the rule that breaks them: a group stays on one
/// line when it fits, else all its own breaks are taken; its inner groups decide for themselves.
/// Write pieces from left to right, then ask for the text once. A plain value.
class Layout
{
public:
    void text(std::string written);
    /// Keeps its own lines; blanks to its neighbours are added where needed.
    void comment(std::string written);
    void space();    ///< A blank, except at either end of a line.
    void line();     ///< A blank or a new line, as the group says.
    void softLine(); ///< Nothing or a new line, as the group says.
    void fillLine(); ///< Nothing, or a new line when what follows up to the next break is too long.
    void hardLine(); ///< A new line, unless there is one already.
    void open();     ///< A group begins.
    void close();
    void indent();
    void dedent();

    std::string written(int width, int indentWidth) const;

private:
    enum class Kind {
        Text,
        Comment,
        Space,
        Line,
        SoftLine,
        FillLine,
        HardLine,
        Open,
        Close,
        Indent,
        Dedent
    };
    struct Piece
    {
        Kind kind = Kind::Text;
        std::string text;
        int width = 0;
        bool broken = false; ///< Of an Open: holds a line that must break.
    };
    class Writer;

    void add(Kind kind, std::string text = {});
    void breakOpenGroups();

    std::vector<Piece> m_pieces;
    std::vector<std::size_t> m_open;
    std::size_t m_openAtHardLine = 0;
    bool m_afterHardLine = false;
};

} // namespace tw::analysis
