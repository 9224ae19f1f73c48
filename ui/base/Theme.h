// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/Icons.h"
#include "ui/base/Tokens.h"

#include <QObject>
#include <QPalette>

class QApplication;

namespace tw {

/// The colours, palette and style in force. One per application, owned by it; GUI thread only.
///
/// `install` once, after the QApplication exists: it sets style, palette and fonts and loads the
/// embedded assets. Widgets read `Theme::current()` while painting and need nothing else, because a
/// change sends every widget a PaletteChange; things that cache colours listen to changed().
class Theme : public QObject
{
    Q_OBJECT
public:
    enum class Mode { Light, Dark };

    static Theme &install(QApplication &app, Mode mode = Mode::Light);
    /// The installed theme; installs the light one if nobody has (tests, single widgets).
    static Theme &current();

    Mode mode() const { return m_colors.isDark() ? Mode::Dark : Mode::Light; }
    void setMode(Mode mode);

    const ColorSet &colors() const { return m_colors; }
    const QColor &color(Token token) const { return m_colors[token]; }
    Icons &icons() { return m_icons; }
    QPalette palette() const;

    /// While set, nothing moves: transitions jump to their end.
    bool reduceMotion() const { return m_reduceMotion; }
    void setReduceMotion(bool reduce) { m_reduceMotion = reduce; }

Q_SIGNALS:
    void changed();

private:
    Theme(QApplication &app, Mode mode);

    ColorSet m_colors;
    Icons m_icons;
    bool m_reduceMotion = false;
};

} // namespace tw
