// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QString>

class QPainter;
class QRectF;

namespace tw {

/// The type scale of the design. Inter for words, JetBrains Mono for values, code and ids; both
/// are embedded, so the system's fonts do not matter. GUI thread, after Theme::install.
namespace fonts {

enum class Size {
    Tiny = 9,     ///< rail label, initials
    Kind = 10,    ///< kind label, capitals
    Meta = 11,    ///< meta lines, badges
    Second = 12,  ///< secondary text
    Body = 13,    ///< body and controls
    Section = 14, ///< section heads
    Panel = 15,   ///< panel titles
    Figure = 24,  ///< dashboard figures
};

/// Registers the embedded files; safe to call again.
void load();

QFont sans(Size size, QFont::Weight weight = QFont::Normal);
/// Values and ids, 12 px unless told otherwise.
QFont mono(int pixels = 12);
/// The same face sized in points, for editor components that ignore pixel sizes.
QFont editorMono(double pixels = 12);

/// Draws digits on equal advances so that columns of numbers line up (Qt 6.4 cannot ask the font
/// for its tabular figures). Single line, clipped to nothing; `alignment` is horizontal.
void drawFigures(QPainter &painter, const QRectF &rect, Qt::Alignment alignment,
                 const QString &text);
double figuresWidth(const QFont &font, const QString &text);

} // namespace fonts
} // namespace tw
