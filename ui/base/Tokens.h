// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <array>
#include <cstddef>

namespace tw {

/// The colour names of the design. Widgets, painters and lexers take colours only from here.
enum class Token {
    Canvas,
    Dot,
    Surface,
    Raised,
    Sunken,
    Border,
    BorderStrong,
    Control,
    Text,
    Text2,
    Text3,
    Accent,
    AccentFill,
    AccentBg,
    OnAccent,
    Ok,
    OkBg,
    Err,
    ErrBg,
    Warn,
    WarnBg,
    Info,
    InfoBg,
    Edge,
    Note,
    NoteLine,
    KindTrigger,
    KindLogic,
    KindMap,
    KindAction,
    KindFailure,
    KindDecide,
    KindUtility,
};
inline constexpr std::size_t kTokenCount = static_cast<std::size_t>(Token::KindUtility) + 1;

/// What a step is for; decides the colour of its tile and nothing else.
enum class StepKind { Trigger, Logic, Map, Action, Failure, Decide, Utility };

/// What a value is, as written on the small label of a field row.
enum class ValueKind { Text, Number, YesNo, DateTime, Group, Lookup };

/// A state that a chip or badge can carry; each has a foreground and a tint.
enum class Tone { Neutral, Accent, Ok, Err, Warn, Info, Decide };

Token kindToken(StepKind kind);
Token valueToken(ValueKind kind);
Token toneToken(Tone tone);

/// One complete set of colours. A plain value: copy it, compare it, test it without a window.
class ColorSet
{
public:
    static ColorSet light();
    static ColorSet dark();

    const QColor &operator[](Token token) const { return m_colors[static_cast<size_t>(token)]; }
    bool isDark() const { return m_dark; }

    /// The fill behind a tile's icon: the kind colour at 12 % (dark: 20 %) over the surface.
    QColor tile(StepKind kind) const;
    /// The fill behind text of a tone.
    QColor tint(Tone tone) const;

private:
    std::array<QColor, kTokenCount> m_colors;
    bool m_dark = false;
};

/// `share` of `over` laid on `under`, both opaque.
QColor mixed(const QColor &over, const QColor &under, double share);

/// WCAG contrast of two opaque colours, 1 to 21.
double contrast(const QColor &a, const QColor &b);

} // namespace tw
