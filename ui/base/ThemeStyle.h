// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProxyStyle>

class QPushButton;

namespace tw {

class Theme;

/// What a push button means; decides its look, never its behaviour.
enum class ButtonRole { Secondary, Primary, Quiet, Danger };
void setRole(QPushButton &button, ButtonRole role);

/// Draws Qt's own controls as the design wants them: Fusion for layout, tokens for looks. Holds no
/// state but the theme it reads; a theme change needs only a repaint.
class ThemeStyle : public QProxyStyle
{
    Q_OBJECT
public:
    explicit ThemeStyle(const Theme &theme);

    using QProxyStyle::polish;
    void polish(QWidget *widget) override;
    int pixelMetric(PixelMetric metric, const QStyleOption *option,
                    const QWidget *widget) const override;
    int styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                  QStyleHintReturn *data) const override;
    QSize sizeFromContents(ContentsType type, const QStyleOption *option, const QSize &size,
                           const QWidget *widget) const override;
    QRect subControlRect(ComplexControl control, const QStyleOptionComplex *option, SubControl part,
                         const QWidget *widget) const override;
    QRect subElementRect(SubElement element, const QStyleOption *option,
                         const QWidget *widget) const override;

    void drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                       const QWidget *widget) const override;
    void drawControl(ControlElement element, const QStyleOption *option, QPainter *painter,
                     const QWidget *widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex *option,
                            QPainter *painter, const QWidget *widget) const override;

private:
    void drawButton(const QStyleOption &option, QPainter &painter, const QWidget *widget) const;
    void drawButtonLabel(const QStyleOption &option, QPainter &painter,
                         const QWidget *widget) const;
    void drawToolButton(const QStyleOption &option, QPainter &painter) const;
    void drawCheckMark(const QStyleOption &option, QPainter &painter, bool round) const;
    void drawField(const QStyleOption &option, QPainter &painter) const;
    void drawRow(const QStyleOption &option, QPainter &painter) const;
    void drawTab(const QStyleOption &option, QPainter &painter) const;
    void drawMenuItem(const QStyleOption &option, QPainter &painter) const;
    void drawMenuBarItem(const QStyleOption &option, QPainter &painter) const;
    void drawHeader(const QStyleOption &option, QPainter &painter) const;
    void drawProgress(const QStyleOption &option, QPainter &painter) const;
    void drawScrollBar(const QStyleOptionComplex &option, QPainter &painter) const;
    void drawComboBox(const QStyleOptionComplex &option, QPainter &painter) const;
    void drawSpinBox(const QStyleOptionComplex &option, QPainter &painter) const;
    void drawGlyph(QPainter &painter, const QRect &rect, const QString &name, const QColor &color,
                   int size = 12) const;

    const Theme &m_theme;
};

} // namespace tw
